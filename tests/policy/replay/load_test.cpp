// The replay under load: queues, the fluid limit, and what policies make of them.
#include "policy/replay/generate.h"
#include "policy/replay/replay.h"
#include "policy/replay/report.h"
#include "tests/policy/replay/steady.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace tideline::replay {
namespace {

using namespace tideline::replay::fixtures;

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

// The edge's quota halves what it can do in a row. The agent learns it, as a live one does, and sends more.
TEST(Load, WhatAnEdgeCanComputeInTheLongRunIsPartOfTheLimitAndOfTheQueues) {
  Steady steady(1, 60);
  const table::PartitionTable& table = *steady.asked.policy.table;
  const double before = steady.of(Yardstick::edge_only).capacity.per_s;
  dispatch::WorkSeen work{.cores = 0.5};
  for (const table::Estimate& one : table.unstressed().estimates)
    work.computed[one.plan] = one.mean.head + one.mean.encode;
  steady.asked.setting.work = work;
  const Figures calm = steady.of(Yardstick::edge_only);
  EXPECT_LT(calm.capacity.per_s, before);
  const double whole = seconds(table.unstressed().estimates.back().mean.head);
  EXPECT_NEAR(calm.capacity.per_s, steady.of(decide::PolicyKind::adaptive).capacity.per_s, 1e-9);
  steady.asked.arrivals.rate = 0.45 / whole;  // Below what a run alone allows, and near what the quota does.
  EXPECT_NEAR(steady.of(Yardstick::edge_only).p50_ms, 1e3 * whole, 1) << "with equal gaps nothing waits";
  steady.asked.arrivals.rate = 0.7 / whole;
  EXPECT_GT(steady.of(Yardstick::edge_only).p95_ms, 5e3) << "the queue grows all the time";
  EXPECT_LT(steady.of(decide::PolicyKind::adaptive).p95_ms, 4e3 * whole);
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

// What it knows less is the dice of a request and those of the next ones.
TEST(Load, AdaptiveIsNearTheClairvoyantAndBetterThanEveryHeldPlanAtAHighRate) {
  constexpr std::uint64_t kNetworks = 16;
  double sum = 0, worst = 0;
  for (std::uint64_t seed = 1; seed <= kNetworks; ++seed) {
    Steady steady(seed);
    steady.asked.arrivals = {Arrivals::poisson, 0.85 * steady.of(Yardstick::edge_only).capacity.per_s};
    const Figures adaptive = steady.of(decide::PolicyKind::adaptive);
    sum += adaptive.mean_ms / steady.of(Yardstick::clairvoyant).mean_ms;
    worst = std::max(worst, adaptive.mean_ms / adaptive.best_static.mean_ms);
  }
  std::printf("mean over the clairvoyant's %.3f, over the best held plan's %.3f at worst\n", sum / kNetworks, worst);
  EXPECT_LT(sum / kNetworks, 1.25);
  EXPECT_LT(worst, 1);
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
