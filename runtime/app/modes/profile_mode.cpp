// agent --profile: measures every plan under every condition and writes the partition table.
#include "policy/table/table_json.h"
#include "profiler/campaign/merge.h"
#include "profiler/campaign/sweep.h"
#include "profiler/fit/build_table.h"
#include "profiler/fit/measured_part.h"
#include "runtime/app/config/files.h"
#include "runtime/app/modes/campaign.h"
#include "runtime/app/modes/campaign_door.h"
#include "runtime/app/modes/choose_policy.h"
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/find_for.h"
#include "runtime/app/modes/fingerprint.h"
#include "runtime/app/modes/image_folder.h"
#include "runtime/app/modes/link_security.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/app/modes/load_table.h"
#include "runtime/app/modes/make_log.h"
#include "runtime/app/modes/modes.h"
#include "runtime/app/modes/profile_budget.h"
#include "runtime/app/modes/refresh.h"
#include "runtime/app/modes/sequence.h"
#include "runtime/app/modes/signals.h"
#include "runtime/app/modes/why_not_held.h"
#include "runtime/app/print/certainty_print.h"
#include "runtime/app/print/progress_line.h"
#include "runtime/app/print/table_print.h"
#include "runtime/engine/engine_subject.h"
#include "runtime/link/tcp_link.h"
#include "runtime/testbed/edge_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <thread>
#include <utility>

namespace tideline::modes {
namespace {

constexpr Duration kLongestConnect = std::chrono::seconds(10);
constexpr Duration kOneMeasurement = std::chrono::seconds(60);
// Enough for a mean, and few enough for the memory of a small edge.
constexpr std::uint32_t kTimed = 4, kTimedImages = 64;
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
  config::ExitCode code;
};

void tell_noise(const std::string& file, const journal::Journal& journal) {
  for (const std::string& remark : journal.odd().remarks()) fmt::print(stderr, "note: {}: {}\n", file, remark);
}

Result<journal::Journal> open_journal(const config::Command& command, const journal::Context& context) {
  const std::string& file = command.config.profile.samples;
  auto journal = command.resume ? journal::Journal::resume(file, context) : journal::Journal::create(file, context);
  if (journal) tell_noise(file, *journal);
  return journal;
}

// Waits until the cloud is reachable. Returns an error unless it holds the model.
Result<link::LinkState> greet(const link::TcpLink& link, const NamedModel& named) {
  if (const auto up = link.wait_up(Clock::now() + kLongestConnect); !up) return up.error();
  link::LinkState cloud = link.state();
  if (const std::string why = why_not_held(cloud, named); !why.empty()) return error(ErrorKind::invalid, "{}", why);
  return cloud;
}

// The inputs over which answers are compared: the given images, or else random ones.
Result<engine::SampleInputs> sample_inputs(const config::Command& command, const NamedModel& named) {
  const config::Config& config = command.config;
  const config::Config::Profile& profile = config.profile;
  if (profile.inputs && !named.image)
    return error(ErrorKind::invalid,
                 "{} takes no images, which --inputs names; say how it takes them with --image {}=PRESET", named.name,
                 named.name);
  if (profile.inputs) {
    const bool counted = config.given.contains("profile.compared");
    return read_labelled_folder(*profile.inputs, named, counted ? profile.compared : most_images(command));
  }
  if (named.image) return engine::SampleInputs::random_images(named.image, profile.seed, profile.compared);
  return engine::SampleInputs::random(named.model->inputs(), profile.seed, profile.compared);
}

// Says what images without a label, or labels that are not used, mean for the accuracy.
void tell_labels(const config::Config::Profile& profile, const NamedModel& named, const engine::SampleInputs& inputs) {
  if (profile.inputs && named.task->detector)
    fmt::print(stderr, "{}: compares the boxes of every plan with those in fp32; labels are not needed\n", named.name);
  if (inputs.labelled() == 0 || inputs.labelled() == inputs.size()) return;
  fmt::print(stderr, "{} of {} images have no label: they count for the agreement, and not for the accuracy\n",
             inputs.size() - inputs.labelled(), inputs.size());
}

// What plans are measured over.
struct Measured {
  engine::SampleInputs inputs;
  std::optional<engine::SampleInputs> sequence;  // Of frames, for bytes in a stream.
};

Result<Measured> measured_over(const config::Command& command, const NamedModel& named) {
  const config::Config& config = command.config;
  auto inputs = sample_inputs(command, named);
  if (!inputs) return inputs.error();
  tell_labels(config.profile, named, *inputs);
  auto sequence = read_sequence(config, named);
  if (!sequence) return sequence.error();
  return Measured{*std::move(inputs), *std::move(sequence)};
}

// The reference answers in fp32. If this edge computes in another precision, or does not hold the whole network, this
// loads another network, and frees it afterwards.
Result<engine::Reference> reference(const config::Config& config, const NamedModel& named,
                                    const engine::SampleInputs& inputs) {
  const auto detector = config.profile.inputs ? named.task->detector : std::nullopt;  // Random images have no objects.
  if (named.model->precision() == Precision::fp32 && named.model->holds_all())
    return engine::Reference::of(*named.model, inputs, detector);
  const auto exact = load_only_model_in_fp32(config);
  if (!exact) return exact.error();
  return engine::Reference::of(*exact->model, inputs, detector);
}

// What a campaign measures with, and where it is shown; `door` may be null. A budget counts from `began` on.
struct Bed {
  monitor::Traffic& traffic;
  link::TcpLink& link;
  CampaignDoor* door = nullptr;
  TimePoint began;
};

using ShowProgress = std::function<void(const campaign::Progress&)>;

campaign::SweepOptions sweep_options(const config::Command& command, const journal::Context& context, TimePoint began,
                                     ShowProgress show) {
  const config::Config::Profile& profile = command.config.profile;
  campaign::SweepOptions options{.interval = profile.interval,
                                 .budget = profile.budget,
                                 .keep_budget = keeps_budget(command),
                                 .on_progress = std::move(show)};
  if (!options.keep_budget) return options;
  options.begun = began;
  options.on_plan = [&context, budget = *profile.budget](const campaign::BudgetPlan& plan) {
    fmt::print(stderr, "{}\n", planned_text(plan, context, budget));
  };
  return options;
}

// Measures until the campaign is complete or a signal comes; returns true iff it is complete.
Result<bool> measure(const config::Command& command, const NamedModel& named, const Measured& over, const Bed& bed,
                     journal::Journal& journal, const StopFlag& stop) {
  monitor::Traffic& traffic = bed.traffic;
  Gate gate(1);
  monitor::Monitor monitor({}, named.model->digest(), traffic, &bed.link);
  const auto exact = reference(command.config, named, over.inputs);
  if (!exact) return exact.error();
  engine::EngineSubject subject(
      {.model = named.model,
       .image = named.image,
       .link = &bed.link,
       .traffic = &traffic,
       .compute = &gate,
       .patience = kOneMeasurement},
      monitor, *exact, over.inputs.first(command.config.profile.inputs ? kTimedImages : kTimed), over.sequence);
  const auto sensor = [&traffic]() -> std::optional<testbed::UplinkReading> {
    const estimate::Telemetry::Reading seen = traffic.read(Clock::now());
    if (!seen.now.uplink || !seen.last_uplink) return std::nullopt;
    return testbed::UplinkReading{*seen.now.uplink, *seen.last_uplink};
  };
  const testbed::RoundTrips round_trips{[&traffic] { return traffic.read(Clock::now()).now.rtt; },
                                        [&traffic] { traffic.forget_round_trips(); }};
  testbed::EdgeStage stage({.interface = command.config.profile.interface, .round_trips = round_trips}, &bed.link,
                           sensor);
  print::ProgressLine line(command.config.profile.progress);
  const auto show = [&](const campaign::Progress& progress) {
    line.show(progress);
    if (bed.door) bed.door->show(progress);
  };
  return campaign::sweep(journal, stage, subject, stop.flag(),
                         sweep_options(command, journal.context(), bed.began, show));
}

std::string table_file(const config::Command& command, const std::string& model) {
  const std::string* const file = find_for(command.config.tables, model);
  return file ? *file : "table.json";
}

Result<void> write_table(const config::Command& command, const journal::Journal& journal) {
  const auto table = fit::build_table(fit::measured_part(journal.measured()), now_utc());
  if (!table) return table.error();
  const std::string target = table_file(command, journal.context().model_name);
  if (const auto written = config::write_atomically(target, to_json(*table)); !written) return written;
  std::fputs((command.json ? to_json(*table) : print::table_text(*table)).c_str(), stdout);
  if (command.json) std::fputs(print::quality_text(table->origin().quality).c_str(), stderr);
  if (command.config.profile.budget) std::fputs(print::certainty_text(*table).c_str(), command.json ? stderr : stdout);
  fmt::print(stderr, "wrote {} from {} samples in {}\n", target, journal.samples().size(),
             command.config.profile.samples);
  return {};
}

// A shard's measurements make no table yet.
Result<void> conclude(const config::Command& command, const journal::Journal& journal) {
  const auto& profile = command.config.profile;
  if (profile.interval || profile.budget) {
    const double interval = profile.interval.value_or(kUsualInterval);
    if (const std::size_t wide = campaign::wider_than(interval, journal.measured()); wide > 0)
      fmt::print(stderr, "{} of the measured plans and conditions have a wider interval than {}\n", wide,
                 share_to_string(interval));
  }
  if (!journal.context().shard) return write_table(command, journal);
  fmt::print(stderr,
             "shard {}/{} is complete; after all shards: agent --profile --merge FILE... --samples FILE --table FILE\n",
             *journal.context().shard + 1, journal.context().shards);
  return {};
}

std::optional<Failure> merge_shards(const config::Command& command) {
  std::vector<campaign::NamedMeasurements> shards;
  for (const std::string& file : command.merge) {
    if (!config::readable(file))
      return Failure{error(ErrorKind::invalid, "{}: no such file, or no permission to read it", file),
                     config::ExitCode::no_input};
    auto journal = journal::Journal::read(file);
    if (!journal) return Failure{journal.error(), config::ExitCode::bad_data};
    tell_noise(file, *journal);
    shards.push_back({file, journal->measured()});
  }
  const auto merged = merge(shards);
  if (!merged) return Failure{merged.error(), config::ExitCode::bad_data};
  const auto journal = journal::Journal::write(command.config.profile.samples, *merged);
  if (!journal) return Failure{journal.error(), config::ExitCode::cannot_create};
  if (const auto written = write_table(command, *journal); !written)
    return Failure{written.error(), config::ExitCode::cannot_create};
  return std::nullopt;
}

// The old table and journal stay until the new ones are complete.
std::optional<Failure> refresh_table(const config::Command& command, const NamedModel& named,
                                     const journal::Context& now, const MeasureRest& measure) {
  const std::string& samples = command.config.profile.samples;
  const std::string table = table_file(command, named.name);
  for (const std::string& file : {samples, table})
    if (!config::readable(file))
      return Failure{error(ErrorKind::invalid, "{}: no such file, or no permission to read it", file),
                     config::ExitCode::no_input};
  if (const auto old = load_table(table, named); !old) return Failure{old.error(), config::ExitCode::bad_data};
  const auto done = refresh(samples, now, measure);
  if (!done)
    return Failure{done.error(), done.error().kind == ErrorKind::invalid ? config::ExitCode::bad_data
                                                                         : config::ExitCode::unavailable};
  if (done->end == Refresh::End::stopped)
    return Failure{error(ErrorKind::unavailable, "{}", done->told), config::ExitCode::interrupted};
  fmt::print(stderr, "{}\n", done->told);
  if (done->end == Refresh::End::unchanged) return std::nullopt;
  Result<void> replaced = write_table(command, *done->journal);
  if (replaced) replaced = replace_journal(samples);
  if (!replaced) return Failure{replaced.error(), config::ExitCode::cannot_create};
  return std::nullopt;
}

// A campaign that did not begin leaves no journal.
bool has_not_begun(const journal::Journal& journal) {
  return journal.samples().empty() &&
         std::ranges::none_of(journal.agreements(), [](const auto& a) { return a.has_value(); });
}

Failure failure_of(const config::Command& command, const Error& why, const journal::Journal& journal) {
  const std::string& file = command.config.profile.samples;
  if (keeps_budget(command) && !command.resume && why.kind == ErrorKind::invalid && has_not_begun(journal)) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    return {why, config::ExitCode::usage};
  }
  return {error(why.kind, "{}; {} samples are kept in {}; continue with --resume", why.message,
                journal.samples().size(), file),
          config::ExitCode::unavailable};
}

std::optional<Failure> profile(const config::Command& command, const Signals& signals) {
  const TimePoint began = Clock::now();
  const config::Config& config = command.config;
  if (config.edge.peers.empty())
    return Failure{error(ErrorKind::invalid, "there is no cloud to measure with; give one with --peer HOST:PORT"),
                   config::ExitCode::usage};
  const auto identity = edge_identity(config, wire::TlsContext::Dates::now);
  if (!identity) return Failure{identity.error(), config::ExitCode::bad_config};
  const auto named = load_only_model(config, Load::within_budget);
  if (!named) return Failure{named.error(), config::ExitCode::bad_data};
  if (!named->model->holds_all()) fmt::print(stderr, "{}; deeper cuts are not measured\n", held_text(config, *named));

  if (config.edge.peers.size() > 1)
    fmt::print(stderr, "measuring with {}; assuming that the other clouds are like it\n",
               to_string(config.edge.peers.front()));
  monitor::Traffic traffic(nullptr);
  link::TcpLink link(link_options(config, config.edge.peers.front(), *identity), &traffic, make_log(config));
  const auto cloud = greet(link, *named);
  if (!cloud) return Failure{cloud.error(), config::ExitCode::unavailable};
  auto over = measured_over(command, *named);
  if (!over) return Failure{over.error(), config::ExitCode::no_input};
  auto context = plan_campaign(config, *named, *cloud);
  if (!context) return Failure{context.error(), config::ExitCode::usage};
  const auto compared = inputs_to_compare(command, *named, over->inputs, context->candidates.size());
  if (!compared) return Failure{compared.error(), config::ExitCode::bad_data};
  over->inputs = over->inputs.first(*compared);
  context->inputs = over->inputs.text();
  context->sequence = sequence_text(over->sequence);
  context->compared = over->inputs.size();
  const auto door = CampaignDoor::open(config, named->name, link, make_log(config));
  if (!door) return Failure{door.error(), config::ExitCode::unavailable};
  const Bed bed{traffic, link, door->get(), began};
  if (command.refresh) {
    const StopFlag stop(signals);
    return refresh_table(command, *named, *context, [&](journal::Journal& journal) {
      return measure(command, *named, *over, bed, journal, stop);
    });
  }
  auto journal = open_journal(command, *context);
  if (!journal) return Failure{journal.error(), config::ExitCode::cannot_create};

  const StopFlag stop(signals);
  const auto complete = measure(command, *named, *over, bed, *journal, stop);
  if (!complete) return failure_of(command, complete.error(), *journal);
  if (!*complete)
    return Failure{failure_of(command, error(ErrorKind::unavailable, "stopped"), *journal).error,
                   config::ExitCode::interrupted};
  if (const auto written = conclude(command, *journal); !written)
    return Failure{written.error(), config::ExitCode::cannot_create};
  if (keeps_budget(command))
    fmt::print(stderr, "{}\n", spent_text(journal->measured(), Clock::now() - began, *config.profile.budget));
  return std::nullopt;
}

}  // namespace

config::ExitCode run_profile(const config::Command& command) {
  const Signals signals;
  const auto failure = command.merge.empty() ? profile(command, signals) : merge_shards(command);
  return failure ? fail(failure->error, failure->code) : config::ExitCode::ok;
}

}  // namespace tideline::modes
