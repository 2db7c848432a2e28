// The replay under load: queues, the fluid limit, and what policies make of them.
#include "policy/replay/generate.h"
#include "policy/replay/replay.h"
#include "policy/replay/report.h"
#include "tests/policy/replay/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tideline::replay {
namespace {

using namespace tideline::replay::fixtures;

// A network on a steady link, without errors of the table.
struct Steady {
  explicit Steady(std::uint64_t seed, Seconds length = 120)
      : way(*Trace::make(Trace::Kind::bandwidth, {{0, 12e6}, {length / 2, 12e6}})) {
    asked.policy.table = network(seed);
    asked.bandwidth = &way;
    asked.setting.wrong = {0, 0, 0, 0, 0, 0, 0, 20};
  }
  Figures of(Contender contender) {
    asked.contenders = {contender};
    return replay(asked).front();
  }
  // The most requests per second that one of the plans serves alone.
  double best_alone() const {
    double best = 0;
    for (const table::Estimate& e : asked.policy.table->unstressed().estimates) {
      const double upload = static_cast<double>(e.wire.count) * 8 / 12e6;
      best = std::max(best, 1 / std::max({seconds(e.mean.head + e.mean.encode), upload, seconds(e.mean.tail)}));
    }
    return best;
  }
  Trace way;
  ReplayRequest asked;
};

TEST(Load, AHeldPlanAboveItsLimitWaitsTheLongerTheLongerTheTraceIs) {
  Steady brief(1, 100), lasting(1, 200);
  const double limit = 1 / seconds(brief.asked.policy.table->unstressed().estimates.back().mean.head);
  brief.asked.arrivals.rate = lasting.asked.arrivals.rate = 1.5 * limit;
  const double once = brief.of(Yardstick::edge_only).mean_ms, twice = lasting.of(Yardstick::edge_only).mean_ms;
  EXPECT_GT(once, 10'000) << "a third of the requests of 100 s is late by up to 50 s";
  EXPECT_NEAR(twice / once, 2, 0.1);
}

TEST(Load, BelowItsLimitAPlanWithEqualGapsHasNoQueue) {
  Steady steady(1);
  const Duration whole = steady.asked.policy.table->unstressed().estimates.back().mean.head;
  steady.asked.arrivals.rate = 0.9 / seconds(whole);
  steady.asked.setting.wrong.request = 0;
  EXPECT_NEAR(steady.of(Yardstick::edge_only).p99_ms, milliseconds(whole), 0.01);
}

TEST(Load, TheFluidLimitIsThatOfTheBestMixAndAtLeastThatOfTheBestPlan) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Steady steady(seed, 10);
    const Capacity capacity = steady.of(Yardstick::edge_only).capacity;
    EXPECT_GE(capacity.per_s, steady.best_alone() * 0.98) << seed;
    double shares = 0;
    for (const Capacity::Share& one : capacity.mix) shares += one.share;
    EXPECT_NEAR(shares, 1, 1e-9);
  }
}

TEST(Load, ABusyEdgeLowersTheFluidLimitAndAForbiddenPlanIsNotPartOfIt) {
  Steady steady(1, 10);
  const double idle = steady.of(Yardstick::edge_only).capacity.per_s;
  const Trace busy = *Trace::make(Trace::Kind::cpu, {{0, 1}, {10, 1}});
  steady.asked.cpu = &busy;
  EXPECT_LT(steady.of(Yardstick::edge_only).capacity.per_s, idle);
  steady.asked.policy.constraints.first_cut = steady.asked.policy.table->edge_only().cut;
  const Capacity alone = steady.of(Yardstick::edge_only).capacity;
  const double whole = seconds(steady.asked.policy.table->unstressed().estimates.back().mean.head);
  EXPECT_NEAR(alone.per_s, 1 / (4 * whole), 0.01 / whole) << "edge-only at a slowdown of 4";
  ASSERT_EQ(alone.mix.size(), 1u);
  EXPECT_EQ(alone.mix[0].plan, steady.asked.policy.table->edge_only());
}

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

// Each slot of the cloud is as slow as the edge, and more requests come than one of them and the edge serve. An agent
// that took the cloud for a single slot would let them wait for the edge.
TEST(Load, AdaptiveUsesAllSlotsOfTheCloud) {
  int networks = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Steady world(seed);
    world.way = *Trace::make(Trace::Kind::bandwidth, {{0, 100e6}, {60, 100e6}});
    world.asked.policy.table = network(seed, 1);
    const double one = world.of(Yardstick::edge_only).capacity.per_s;
    world.asked.setting.slots.cloud = 4;
    const double four = world.of(Yardstick::edge_only).capacity.per_s;
    EXPECT_GE(four, one * (1 - 1e-9)) << seed;
    if (four < 2.4 * one) continue;  // The uplink is the limit.
    ++networks;
    world.asked.arrivals = {Arrivals::poisson, 1.1 * one};
    const Duration whole = world.asked.policy.table->unstressed().estimates.back().mean.head;
    EXPECT_LT(world.of(decide::PolicyKind::adaptive).p95_ms, 2 * milliseconds(whole)) << seed;
  }
  EXPECT_GE(networks, 4);
}

TEST(Load, TheClairvoyantWithoutOverlapIsTheOracleAndUnderLoadBetterThanEveryHeldPlan) {
  Steady steady(5);
  steady.asked.arrivals.rate = 1;
  const Figures few = steady.of(Yardstick::clairvoyant);
  EXPECT_NEAR(few.mean_ms, few.oracle_mean_ms, 1e-6);
  steady.asked.arrivals = {Arrivals::poisson, 0.8 * few.capacity.per_s};
  const Figures many = steady.of(Yardstick::clairvoyant);
  EXPECT_LT(many.mean_ms, many.best_static.mean_ms);
  EXPECT_GT(many.mean_ms, many.oracle_mean_ms) << "whose requests do not wait";
}

TEST(Load, EqualArgumentsGiveEqualResults) {
  for (const Arrivals arrivals : {Arrivals::poisson, Arrivals::bursts}) {
    std::string before;
    for (int run = 0; run < 2; ++run) {
      Steady steady(3, 60);
      steady.asked.arrivals = {arrivals, 12};
      steady.asked.contenders = {decide::PolicyKind::adaptive, decide::PolicyKind::least_work, Yardstick::clairvoyant};
      std::vector<Case> cases;
      for (Figures& f : replay(steady.asked)) cases.push_back({"net", "way", "idle", std::move(f)});
      const std::string json = to_json(cases);
      EXPECT_TRUE(run == 0 || json == before);
      before = json;
    }
  }
}

TEST(Load, AllContendersServeTheRequestsOfAFile) {
  Steady steady(2);
  const std::vector<Seconds> times{0, 0.5, 0.5, 0.5, 30};
  steady.asked.times = &times;
  steady.asked.dropped = 0;
  for (const Contender contender : {Contender(decide::PolicyKind::adaptive), Contender(Yardstick::clairvoyant)}) {
    const Figures figures = steady.of(contender);
    EXPECT_EQ(figures.requests, 5u);
    EXPECT_EQ(figures.lasted, 30);
  }
  steady.asked.arrivals.most = 2;
  EXPECT_EQ(steady.of(Yardstick::oracle).requests, 2u);
}

}  // namespace
}  // namespace tideline::replay
