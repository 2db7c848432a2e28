// agent --replay: computes the latency of policies over traces of bandwidth and CPU.
#include "policy/replay/arrivals.h"
#include "policy/replay/report.h"
#include "policy/replay/trace_csv.h"
#include "policy/replay/work_json.h"
#include "policy/table/table_json.h"
#include "runtime/app/config/files.h"
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/modes.h"
#include "runtime/base/file.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <limits>

namespace tideline::modes {
namespace {

using replay::Trace;

struct NamedTable {
  std::string name;
  std::shared_ptr<const table::PartitionTable> table;
};
struct NamedTrace {
  std::string name;
  std::optional<replay::Trace> trace;  // Absent: an idle edge.
};

// The tables, traces and policies; the replay runs every combination.
struct Matter {
  std::vector<NamedTable> tables;
  std::shared_ptr<const table::PartitionTable> world;  // Null: each table is true.
  std::optional<dispatch::WorkSeen> work;              // On the edge; absent: as the tables say.
  std::vector<NamedTrace> bandwidths;
  std::vector<NamedTrace> cpus;
  replay::ArrivalProcess arrivals;
  std::optional<std::vector<replay::Seconds>> times;  // Of the requests, if a file has them.
  std::vector<replay::Contender> contenders;
};

std::string stem(const std::string& file) {
  return std::filesystem::path(file).stem().string();
}

Result<NamedTable> read_named_table(const std::string& file) {
  const auto text = read_regular(file, config::kLongestTable);
  if (!text) return text.error();
  auto table = table::parse_table(*text);
  if (!table) return table.error().within(file);
  const auto& estimates = table->unstressed().estimates;
  if (!table->unstressed().find(table->edge_only()))
    return error(ErrorKind::invalid,
                 "{}: the table lacks edge-only, which a replay needs; measure on an edge that holds the whole network",
                 file);
  if (estimates.size() < 2)
    return error(ErrorKind::invalid, "{}: the table has only one plan; measure more with --profile", file);
  return NamedTable{stem(file), std::make_shared<const table::PartitionTable>(*std::move(table))};
}

Result<NamedTrace> read_trace(const std::string& file, replay::Trace::Kind kind) {
  const auto text = read_regular(file, config::kLongestTrace);
  if (!text) return text.error();
  auto trace = replay::parse_trace(*text);
  if (!trace) return trace.error().within(file);
  if (trace->kind() != kind)
    return error(ErrorKind::invalid, "{}: this is a trace of {}; give it with --{}", file,
                 kind == replay::Trace::Kind::cpu ? "bandwidth" : "CPU",
                 kind == replay::Trace::Kind::cpu ? "bandwidth" : "cpu");
  return NamedTrace{stem(file), *std::move(trace)};
}

Result<std::vector<replay::Seconds>> read_requests(const std::string& file) {
  const auto text = read_regular(file, config::kLongestTrace);
  if (!text) return text.error();
  auto times = replay::parse_requests(*text);
  if (!times) return times.error().within(file);
  return times;
}

// Reads when the requests arrive. The mean rate of a file's requests takes the place of the rate.
Result<void> read_arrivals(const config::ReplayOptions& asked, Matter& matter) {
  matter.arrivals = {.rate = asked.rate, .most = asked.requests};
  if (const auto kind = replay::parse_arrivals(asked.arrivals)) {
    matter.arrivals.kind = *kind;
    return {};
  }
  auto times = read_requests(asked.arrivals);
  if (!times) return times.error();
  matter.times = *std::move(times);
  matter.arrivals.rate = replay::mean_rate(*matter.times).value_or(asked.rate);
  return {};
}

// REQUIRES: the tables are read.
Result<void> read_world(const std::string& file, Matter& matter) {
  auto world = read_named_table(file);
  if (!world) return world.error();
  for (const NamedTable& known : matter.tables)
    if (auto fits = replay::check_world(*known.table, *world->table); !fits)
      return fits.error().within(fmt::format("--table {}, --world {}", known.name, file));
  matter.world = std::move(world->table);
  return {};
}

// REQUIRES: tables and world are read.
Result<void> read_work(const std::string& file, Matter& matter) {
  const auto text = read_regular(file, config::kLongestTable);
  if (!text) return text.error();
  for (const NamedTable& known : matter.tables) {
    auto work = replay::parse_work(*text, matter.world ? *matter.world : *known.table);
    if (!work) return work.error().within(fmt::format("--edge-work {}, --table {}", file, known.name));
    if (!matter.work) matter.work.emplace(dispatch::WorkSeen{.cores = work->cores, .rest = work->rest});
    matter.work->computed.merge(work->computed);
  }
  return {};
}

Result<Matter> read(const config::ReplayOptions& asked) {
  Matter matter;
  if (const auto read = read_arrivals(asked, matter); !read) return read.error();
  for (const std::string& text : asked.policies) {
    const auto contender = replay::parse_contender(text);
    if (!contender) return contender.error();
    matter.contenders.push_back(*contender);
  }
  for (const std::string& file : asked.tables) {
    auto table = read_named_table(file);
    if (!table) return table.error();
    matter.tables.push_back(*std::move(table));
  }
  if (!asked.world.empty())
    if (const auto read = read_world(asked.world, matter); !read) return read.error();
  if (!asked.edge_work.empty())
    if (const auto read = read_work(asked.edge_work, matter); !read) return read.error();
  for (const std::string& file : asked.bandwidths) {
    auto trace = read_trace(file, replay::Trace::Kind::bandwidth);
    if (!trace) return trace.error();
    matter.bandwidths.push_back(*std::move(trace));
  }
  for (const std::string& file : asked.cpus) {
    if (file == "idle") {
      matter.cpus.push_back({"idle", std::nullopt});
      continue;
    }
    auto trace = read_trace(file, replay::Trace::Kind::cpu);
    if (!trace) return trace.error();
    matter.cpus.push_back({trace->name, trace->trace->faster(asked.cpu_speed)});
  }
  if (matter.cpus.empty()) matter.cpus.push_back({"idle", std::nullopt});
  return matter;
}

struct Times {
  Duration rtt;
  std::optional<Duration> deadline;
};

Result<std::optional<Duration>> read_deadline(const std::string& text) {
  if (text.empty()) return std::optional<Duration>();
  const auto deadline = parse_duration(text);
  if (!deadline) return deadline.error();
  if (*deadline <= Duration::zero())
    return error(ErrorKind::invalid, "'{}' is not above zero; give a longer time", text);
  return std::optional(*deadline);
}

std::vector<replay::Case> play(const Matter& matter, const config::ReplayOptions& asked, const Times& given) {
  std::vector<replay::Case> cases;
  replay::ReplayRequest request{.contenders = matter.contenders, .arrivals = matter.arrivals};
  if (matter.times) request.times = &*matter.times;
  request.setting.seed = asked.seed;
  request.setting.rtt = seconds(given.rtt);
  if (given.deadline) request.habits.deadline = seconds(*given.deadline);
  request.setting.slots = {.edge = asked.edge_slots, .cloud = asked.cloud_slots};
  request.setting.window = replay::window_at(matter.arrivals.rate, request.setting.rtt);
  request.world = matter.world;
  request.setting.work = matter.work;
  for (const NamedTable& table : matter.tables) {
    if (matter.world) request.setting.seed = asked.seed;  // Tables are compared in the same world.
    const table::PartitionTable& truth = matter.world ? *matter.world : *table.table;
    for (const NamedTrace& bandwidth : matter.bandwidths)
      for (const NamedTrace& cpu : matter.cpus) {
        request.policy.table = table.table;
        if (asked.as_measured) request.setting.wrong = replay::as_measured(truth.unstressed());
        request.bandwidth = &*bandwidth.trace;
        request.cpu = cpu.trace ? &*cpu.trace : nullptr;
        for (replay::Figures& figures : replay::replay(request))
          cases.push_back({table.name, bandwidth.name, cpu.name, std::move(figures)});
        ++request.setting.seed;  // Every case gets its own random times.
      }
  }
  return cases;
}

}  // namespace

config::ExitCode run_replay(const config::Command& command) {
  const config::ReplayOptions& asked = command.replay;
  const auto rtt = parse_duration(asked.rtt);
  if (!rtt) return fail(rtt.error().within("--rtt"), config::ExitCode::usage);
  const auto deadline = read_deadline(asked.deadline);
  if (!deadline) return fail(deadline.error().within("--deadline"), config::ExitCode::usage);
  if (!replay::parse_arrivals(asked.arrivals) && !config::readable(asked.arrivals))
    return fail(error(ErrorKind::invalid,
                      "--arrivals: '{}' is neither periodic, poisson nor bursts, nor a file that can be read; give one",
                      asked.arrivals),
                config::ExitCode::no_input);
  const std::vector<std::string> single{asked.world, asked.edge_work};
  for (const auto* files : {&asked.tables, &single, &asked.bandwidths, &asked.cpus})
    for (const std::string& file : *files)
      if (!file.empty() && file != "idle" && !config::readable(file))
        return fail(error(ErrorKind::invalid, "{}: no such file, or no permission to read it", file),
                    config::ExitCode::no_input);
  const auto matter = read(asked);
  if (!matter) return fail(matter.error(), config::ExitCode::bad_data);
  const std::vector<replay::Case> cases = play(*matter, asked, {*rtt, *deadline});
  if (!asked.html.empty())
    if (const auto written = config::write_atomically(asked.html, replay::to_html(cases)); !written)
      return fail(written.error(), config::ExitCode::cannot_create);
  std::fputs((command.json ? replay::to_json(cases) : replay::to_text(cases)).c_str(), stdout);
  return config::ExitCode::ok;
}

}  // namespace tideline::modes
