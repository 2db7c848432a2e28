// agent --profile: measures every plan under every condition and writes the partition table.
#include "profiler/campaign/merge.h"
#include "profiler/campaign/sweep.h"
#include "profiler/fit/build_table.h"
#include "runtime/app/config/files.h"
#include "runtime/app/modes/campaign.h"
#include "runtime/app/modes/choose_policy.h"
#include "runtime/app/modes/link_security.h"
#include "runtime/app/modes/modes.h"
#include "runtime/app/modes/parts.h"
#include "runtime/app/modes/signals.h"
#include "runtime/app/print/progress_line.h"
#include "runtime/app/print/table_print.h"
#include "runtime/engine/engine_subject.h"
#include "runtime/link/tcp_link.h"
#include "runtime/testbed/edge_stage.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <thread>

namespace tideline {
namespace {

constexpr Duration kConnect = std::chrono::seconds(10);
constexpr Duration kOneMeasurement = std::chrono::seconds(60);
constexpr double kUsualInterval = 0.05;  // The interval that the report uses if only a budget is given.

// Turns a stop signal into a flag that the measuring loop reads.
class StopFlag {
 public:
  explicit StopFlag(const Signals& signals)
      : watcher_([this, &signals](const std::stop_token& done) {
          while (!done.stop_requested())
            if (signals.wait(std::chrono::milliseconds(100)) == Signals::Seen::stop) flag_ = true;
        }) {}
  const std::atomic<bool>& flag() const { return flag_; }

 private:
  std::atomic<bool> flag_{false};
  std::jthread watcher_;
};

struct Failure {
  Error error;
  ExitCode code;
};

Result<Journal> open_journal(const Command& command, const Context& context) {
  const std::string& file = command.config.profile.samples;
  return command.resume ? Journal::resume(file, context) : Journal::create(file, context);
}

// Waits until the cloud is reachable. Returns an error unless it holds the model.
Result<LinkState> greet(const TcpLink& link, const NamedModel& named) {
  if (const auto up = link.wait_up(Clock::now() + kConnect); !up) return up.error();
  LinkState cloud = link.state();
  if (const std::string why = why_not_held(cloud, named); !why.empty()) return error(ErrorKind::invalid, "{}", why);
  return cloud;
}

// The reference answers in fp32. If this edge computes in another precision, or does not hold the whole network, this
// loads another network, and frees it afterwards.
Result<Reference> reference(const Config& config, const NamedModel& named) {
  const Reference::Sample sample{config.profile.seed, config.profile.compared};
  if (named.model->precision() == Precision::fp32 && named.model->holds_all())
    return Reference::of(*named.model, sample);
  const auto exact = load_only_model_in_fp32(config);
  if (!exact) return exact.error();
  return Reference::of(*exact->model, sample);
}

// Measures until the campaign is complete or a signal comes; returns true iff it is complete.
Result<bool> measure(const Command& command, const NamedModel& named, Traffic& traffic, TcpLink& link, Journal& journal,
                     const StopFlag& stop) {
  Gate gate(1);
  Monitor monitor({}, named.model->digest(), traffic, &link);
  const auto exact = reference(command.config, named);
  if (!exact) return exact.error();
  EngineSubject subject(
      {.model = named.model, .link = &link, .traffic = &traffic, .compute = &gate, .patience = kOneMeasurement},
      monitor, *exact, command.config.profile.seed);
  const auto sensor = [&traffic]() -> std::optional<UplinkReading> {
    const Telemetry::Reading seen = traffic.read(Clock::now());
    if (!seen.now.uplink || !seen.last_uplink) return std::nullopt;
    return UplinkReading{*seen.now.uplink, *seen.last_uplink};
  };
  const RoundTrips round_trips{[&traffic] { return traffic.read(Clock::now()).now.rtt; },
                               [&traffic] { traffic.forget_round_trips(); }};
  EdgeStage stage({.interface = command.config.profile.interface, .round_trips = round_trips}, &link, sensor);
  ProgressLine line(command.config.profile.progress);
  return sweep(journal, stage, subject, stop.flag(),
               {.interval = command.config.profile.interval,
                .budget = command.config.profile.budget,
                .on_progress = [&line](const Progress& p) { line.show(p); }});
}

Result<void> write_table(const Command& command, const Journal& journal) {
  const auto table = build_table(journal.measured(), now_utc());
  if (!table) return table.error();
  const std::string* const file = find_for(command.config.tables, journal.context().model_name);
  const std::string target = file ? *file : "table.json";
  if (const auto written = write_atomically(target, table->to_json()); !written) return written;
  std::fputs((command.json ? table->to_json() : table_text(*table)).c_str(), stdout);
  if (command.json) std::fputs(quality_text(table->origin().quality).c_str(), stderr);
  fmt::print(stderr, "wrote {} from {} samples in {}\n", target, journal.samples().size(),
             command.config.profile.samples);
  return {};
}

// A shard's measurements make no table yet.
Result<void> conclude(const Command& command, const Journal& journal) {
  const auto& profile = command.config.profile;
  if (profile.interval || profile.budget) {
    const double interval = profile.interval.value_or(kUsualInterval);
    if (const std::size_t wide = wider_than(interval, journal.measured()); wide > 0)
      fmt::print(stderr, "{} of the measured plans and conditions have a wider interval than {}\n", wide,
                 share_to_string(interval));
  }
  if (!journal.context().shard) return write_table(command, journal);
  fmt::print(stderr,
             "shard {}/{} is complete; after all shards: agent --profile --merge FILE... --samples FILE --table FILE\n",
             *journal.context().shard + 1, journal.context().shards);
  return {};
}

std::optional<Failure> merge_shards(const Command& command) {
  std::vector<NamedMeasurements> shards;
  for (const std::string& file : command.merge) {
    if (!readable(file))
      return Failure{error(ErrorKind::invalid, "{}: no such file, or no permission to read it", file),
                     ExitCode::no_input};
    auto journal = Journal::read(file);
    if (!journal) return Failure{journal.error(), ExitCode::bad_data};
    shards.push_back({file, journal->measured()});
  }
  const auto merged = merge(shards);
  if (!merged) return Failure{merged.error(), ExitCode::bad_data};
  const auto journal = Journal::write(command.config.profile.samples, *merged);
  if (!journal) return Failure{journal.error(), ExitCode::cannot_create};
  if (const auto written = write_table(command, *journal); !written)
    return Failure{written.error(), ExitCode::cannot_create};
  return std::nullopt;
}

std::optional<Failure> profile(const Command& command, const Signals& signals) {
  const Config& config = command.config;
  if (config.edge.peers.empty())
    return Failure{error(ErrorKind::invalid, "there is no cloud to measure with; give one with --peer HOST:PORT"),
                   ExitCode::usage};
  const auto options = link_options(config, config.edge.peers.front());
  if (!options) return Failure{options.error(), ExitCode::bad_config};
  const auto named = load_only_model(config, Load::within_budget);
  if (!named) return Failure{named.error(), ExitCode::bad_data};
  if (!named->model->holds_all()) fmt::print(stderr, "{}; deeper cuts are not measured\n", held_text(config, *named));

  if (config.edge.peers.size() > 1)
    fmt::print(stderr, "measuring with {}; assuming that the other clouds are like it\n",
               to_string(config.edge.peers.front()));
  Traffic traffic(nullptr);
  TcpLink link(*options, &traffic, make_log(config));
  const auto cloud = greet(link, *named);
  if (!cloud) return Failure{cloud.error(), ExitCode::unavailable};
  const auto context = plan_campaign(config, *named, *cloud);
  if (!context) return Failure{context.error(), ExitCode::usage};
  auto journal = open_journal(command, *context);
  if (!journal) return Failure{journal.error(), ExitCode::cannot_create};

  const StopFlag stop(signals);
  const auto complete = measure(command, *named, traffic, link, *journal, stop);
  const std::string kept = fmt::format("{} samples are kept in {}; continue with --resume", journal->samples().size(),
                                       config.profile.samples);
  if (!complete)
    return Failure{error(complete.error().kind, "{}; {}", complete.error().message, kept), ExitCode::unavailable};
  if (!*complete) return Failure{error(ErrorKind::unavailable, "stopped; {}", kept), ExitCode::interrupted};
  if (const auto written = conclude(command, *journal); !written)
    return Failure{written.error(), ExitCode::cannot_create};
  return std::nullopt;
}

}  // namespace

ExitCode run_profile(const Command& command) {
  const Signals signals;
  const auto failure = command.merge.empty() ? profile(command, signals) : merge_shards(command);
  return failure ? fail(failure->error, failure->code) : ExitCode::ok;
}

}  // namespace tideline
