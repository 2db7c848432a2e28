// decision [TABLE]: measures the time of a decision by the number of plans: choosing, and choosing with the reason in
// words. With a table of --profile, it uses only that table.
#include "policy/decide/adaptive_policy.h"
#include "policy/replay/random.h"
#include "policy/table/table_json.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace tideline {
namespace {

std::shared_ptr<const table::PartitionTable> made_of(std::uint32_t plans) {
  replay::Random random(plans);
  const std::string model(64, 'a');
  table::Cell cell;
  cell.seen = {.uplink = 100_Mbps, .rtt = std::chrono::milliseconds(20)};
  for (std::uint32_t cut = 0; cut < plans; ++cut) {
    table::Estimate e{{model, cut, plan::Codec::fp32}, "cut" + std::to_string(cut), {}, {}, {}, {}, 20, {}};
    e.mean.head = from_seconds(0.3 * cut / plans);
    if (cut + 1 < plans) {
      e.wire = {static_cast<std::uint64_t>(random.uniform(1e3, 1e6))};
      e.mean.network = from_seconds(0.02 + 8e-8 * static_cast<double>(e.wire.count));
      e.mean.tail = from_seconds(0.03 * (plans - cut) / plans);
    }
    e.p95 = e.mean.total();
    cell.estimates.push_back(std::move(e));
  }
  auto made = table::PartitionTable::make({.model = model, .model_name = "net", .cuts = plans}, {cell});
  return std::make_shared<const table::PartitionTable>(*std::move(made));
}

decide::Observation seen(const table::PartitionTable& table) {
  decide::Observation seen{.current = table.unstressed().estimates[table.unstressed().estimates.size() / 2].plan};
  seen.now = {.uplink = 12_Mbps,
              .uplink_sd = 0.4,
              .rtt = std::chrono::milliseconds(30),
              .edge_slowdown = 1.7,
              .cloud_slowdown = 1.1,
              .peer_up = true};
  return seen;
}

void choose(benchmark::State& state, const std::shared_ptr<const table::PartitionTable>& table) {
  const decide::AdaptivePolicy policy(table, {});
  const decide::Observation now = seen(*table);
  for (auto _ : state) benchmark::DoNotOptimize(policy.choose(now));
}

void decide(benchmark::State& state, const std::shared_ptr<const table::PartitionTable>& table) {
  const decide::AdaptivePolicy policy(table, {});
  const decide::Observation now = seen(*table);
  for (auto _ : state) benchmark::DoNotOptimize(policy.decide(now));
}

void measure_by(const std::shared_ptr<const table::PartitionTable>& table) {
  const std::string plans = "/" + std::to_string(table->unstressed().estimates.size());
  benchmark::RegisterBenchmark(("choose" + plans).c_str(), choose, table)->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark(("decide" + plans).c_str(), decide, table)->Unit(benchmark::kMicrosecond);
}

Result<std::shared_ptr<const table::PartitionTable>> read(const char* file) {
  std::ifstream in(file);
  auto table = table::parse_table(std::string(std::istreambuf_iterator<char>(in), {}));
  if (!table) return table.error().within(file);
  return std::make_shared<const table::PartitionTable>(*std::move(table));
}

}  // namespace
}  // namespace tideline

int main(int argc, char** argv) {
  using namespace tideline;
  benchmark::Initialize(&argc, argv);
  if (argc > 1) {
    const auto table = read(argv[1]);
    if (!table) return std::fprintf(stderr, "decision: %s\n", table.error().message.c_str()), 65;
    measure_by(*table);
  } else {
    for (const std::uint32_t plans : {10u, 60u, 200u}) measure_by(made_of(plans));
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
