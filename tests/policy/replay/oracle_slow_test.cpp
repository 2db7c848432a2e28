#include "policy/replay/generate.h"
#include "policy/replay/report.h"
#include "tests/policy/replay/asked.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace tideline::replay {
namespace {

using namespace tideline::replay::fixtures;

// Over many networks, ways and loads.
std::vector<Pooled> pooled_at(double rate) {
  std::vector<Case> cases;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Trace way = generate(Trace::Kind::bandwidth, cellular(5.0 * static_cast<double>(1 + seed % 8)), 240, seed);
    const Trace cpu = generate(Trace::Kind::cpu, busy_edge(), 240, seed);
    ReplayRequest asked = request(way, seed % 3 ? &cpu : nullptr, seed);
    asked.arrivals.rate = rate;
    for (Figures& f : replay(asked)) cases.push_back({"net", std::to_string(seed), "cpu", std::move(f)});
  }
  std::vector<Pooled> all = pooled(cases);
  for (const Pooled& p : all)
    std::printf("%-12s regret mean %6.2f median %6.2f p90 %6.2f max %6.2f, of best static %.3f, worst %.3f\n",
                p.policy.c_str(), p.regret.mean, p.regret.median, p.regret.p90, p.regret.max,
                p.mean_ms / p.best_static_mean_ms, p.worst_of_best_static);
  return all;
}

// What this room is for. At five requests a second some of these edges are overloaded for minutes.
TEST(Replay, AdaptiveIsNearTheOracleAndNeverFarFromTheBestPlanInHindsight) {
  for (const double rate : {1.0, 5.0}) {
    SCOPED_TRACE(rate);
    const std::vector<Pooled> all = pooled_at(rate);
    const Pooled& adaptive = *std::ranges::find(all, "adaptive", &Pooled::policy);
    const Pooled& table = *std::ranges::find(all, "table", &Pooled::policy);
    EXPECT_LE(adaptive.worst_of_best_static, 1.1);
    EXPECT_LT(adaptive.mean_ms, 0.9 * adaptive.best_static_mean_ms);
    EXPECT_LT(adaptive.regret.mean, table.regret.mean);
  }
}

}  // namespace
}  // namespace tideline::replay
