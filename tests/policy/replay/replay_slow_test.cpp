// Replays over many networks.
#include "policy/replay/replay.h"
#include "tests/policy/replay/asked.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tideline::replay {
namespace {

using namespace tideline::replay::fixtures;

TEST(Replay, OnASteadyWayWithATrueTableEverybodyWhoLooksServesByTheBestPlan) {
  const Trace way = *Trace::make(Trace::Kind::bandwidth, {{0, 12e6}, {100, 12e6}});
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    ReplayRequest asked = request(way, nullptr, seed);
    asked.setting.wrong = {0, 0, 0, 0, 0, 0, 0, 20};
    const auto all = replay(asked);
    EXPECT_LE(of(all, "adaptive").regret(), 3.1) << "the hysteresis, and no more";
    EXPECT_LE(of(all, "causal-0.25").regret(), 0.5);
  }
}

// The world is dark for ever after 10 s of every minute.
TEST(Replay, AnOutageCostsAtMostTwiceTheEdgeAndATick) {
  std::vector<Trace::Row> rows{{0, 50e6}};
  for (int i = 1; i < 10; ++i) rows.push_back({60.0 * i - 50, i % 2 ? 0.0 : 50e6});
  const Trace way = *Trace::make(Trace::Kind::bandwidth, rows);
  for (std::uint64_t seed = 1; seed < 10; ++seed) {
    const auto all = replay(request(way, nullptr, seed));
    const Figures& adaptive = of(all, "adaptive");
    EXPECT_LE(adaptive.p99_ms, 2 * of(all, "edge-only").p99_ms + 120);
    EXPECT_LE(adaptive.mean_ms, 1.1 * adaptive.best_static.mean_ms);
  }
}

}  // namespace
}  // namespace tideline::replay
