// How long a decision takes, by plans of the table: choosing, and choosing with its words.
#include "policy/adaptive.h"
#include "policy/replay/random.h"

#include <benchmark/benchmark.h>

#include <memory>

namespace tideline {
namespace {

std::shared_ptr<const PartitionTable> table(std::uint32_t plans) {
  replay::Random random(plans);
  const std::string model(64, 'a');
  Cell cell;
  cell.seen = {.uplink = 100_Mbps, .rtt = std::chrono::milliseconds(20)};
  for (std::uint32_t cut = 0; cut < plans; ++cut) {
    Estimate e{{model, cut, Codec::fp32}, "cut" + std::to_string(cut), {}, {}, {}, {}, 20, {}};
    e.mean.head = from_seconds(0.3 * cut / plans);
    if (cut + 1 < plans) {
      e.wire = {static_cast<std::uint64_t>(random.uniform(1e3, 1e6))};
      e.mean.network = from_seconds(0.02 + 8e-8 * static_cast<double>(e.wire.count));
      e.mean.tail = from_seconds(0.03 * (plans - cut) / plans);
    }
    e.p95 = e.mean.total();
    cell.estimates.push_back(std::move(e));
  }
  auto made = PartitionTable::make({.model = model, .model_name = "net", .cuts = plans}, {cell});
  return std::make_shared<const PartitionTable>(*std::move(made));
}

Observation seen(const PartitionTable& table) {
  Observation seen{.current = table.unstressed().estimates[table.unstressed().estimates.size() / 2].plan};
  seen.now = {.uplink = 12_Mbps,
              .uplink_sd = 0.4,
              .rtt = std::chrono::milliseconds(30),
              .edge_slowdown = 1.7,
              .cloud_slowdown = 1.1,
              .peer_up = true};
  return seen;
}

void choose(benchmark::State& state) {
  const AdaptivePolicy policy(table(static_cast<std::uint32_t>(state.range(0))), {});
  const Observation now = seen(policy.model().table());
  for (auto _ : state) benchmark::DoNotOptimize(policy.choose(now));
}

void decide(benchmark::State& state) {
  const AdaptivePolicy policy(table(static_cast<std::uint32_t>(state.range(0))), {});
  const Observation now = seen(policy.model().table());
  for (auto _ : state) benchmark::DoNotOptimize(policy.decide(now));
}

BENCHMARK(choose)->Arg(10)->Arg(60)->Arg(200)->Unit(benchmark::kMicrosecond);
BENCHMARK(decide)->Arg(10)->Arg(60)->Arg(200)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tideline

BENCHMARK_MAIN();
