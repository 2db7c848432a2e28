// The adaptive policy under load, over many networks.
#include "tests/policy/replay/steady.h"

#include <gtest/gtest.h>

namespace tideline::replay {
namespace {

using namespace tideline::replay::fixtures;

// Requests that wait for the dark link must not fill the edge with tails whose answers still come: then heads come
// late, their answers, too, and the queue does not end with the outage.
TEST(Load, ALinkThatIsDarkForAMomentDoesNotOverloadTheEdge) {
  std::vector<Trace::Row> rows;
  for (int i = 0; i < 4; ++i) rows.insert(rows.end(), {{30.0 * i, 3e6}, {30.0 * i + 20, 0}, {30.0 * i + 21.5, 3e6}});
  const Trace way = *Trace::make(Trace::Kind::bandwidth, rows);
  double adaptive_ms = 0, best_static_ms = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    ReplayRequest asked{.bandwidth = &way, .contenders = {decide::PolicyKind::adaptive}};
    asked.policy.table = network(seed);
    asked.setting.seed = seed;
    asked.arrivals.rate = 0.1;
    asked.arrivals = {Arrivals::poisson, 0.7 * replay(asked).front().capacity.per_s};
    const Figures figures = replay(asked).front();
    EXPECT_LE(figures.mean_ms, 1.1 * figures.best_static.mean_ms) << seed;
    adaptive_ms += figures.mean_ms;
    best_static_ms += figures.best_static.mean_ms;
  }
  EXPECT_LT(adaptive_ms, 0.5 * best_static_ms);
}

// The rate is above the limit of every plan, and below that of all plans together.
TEST(Load, AdaptiveServesWhatNoPlanServesAlone) {
  int networks = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Steady brief(seed, 120), lasting(seed, 240);
    const double alone = brief.best_alone(), limit = brief.of(Yardstick::edge_only).capacity.per_s;
    if (limit < 1.35 * alone) continue;
    ++networks;
    for (Steady* one : {&brief, &lasting}) one->asked.arrivals = {Arrivals::poisson, 1.15 * alone};
    const Figures once = brief.of(decide::PolicyKind::adaptive), twice = lasting.of(decide::PolicyKind::adaptive);
    EXPECT_GT(twice.best_static.mean_ms, 1.5 * once.best_static.mean_ms) << seed << ": the best plan's queue grows";
    EXPECT_LT(twice.p95_ms, 1.1 * once.p95_ms) << seed << ": that of all plans does not";
    EXPECT_LT(twice.p95_ms, 0.5 * twice.best_static.mean_ms) << seed;
  }
  EXPECT_GE(networks, 4);
}

}  // namespace
}  // namespace tideline::replay
