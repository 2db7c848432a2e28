#include "policy/replay/machines.h"

#include "policy/replay/arrivals.h"
#include "policy/replay/generate.h"
#include "policy/replay/held_line.h"
#include "tests/policy/replay/network.h"

#include <gtest/gtest.h>

#include <map>

namespace tideline::replay {
namespace {

using namespace tideline::replay::fixtures;
using Step = Machines::Step;

constexpr Perturbation kTrue{0, 0, 0, 0, 0, 0, 0, 20};

// Of a network on a steady link. Plan 0 runs in the cloud alone, plan 4 on both sides.
struct Still {
  explicit Still(dispatch::Slots slots = {}) : world(network(2), &way, nullptr, {.slots = slots, .wrong = kTrue}) {}
  Trace way = *Trace::make(Trace::Kind::bandwidth, {{0, 10e6}, {100, 10e6}});
  World world;
  std::size_t edge_only() const { return world.plans() - 1; }
};

// Runs until nothing happens any more. What leaves the edge is sent. Returns when each step of each request was.
std::map<std::pair<std::size_t, Step>, Seconds> run_all(Machines& machines) {
  std::map<std::pair<std::size_t, Step>, Seconds> when;
  while (machines.next()) {
    const Machines::Event event = machines.take();
    when[{event.request, event.step}] = event.at;
    if (event.step == Step::left_edge) machines.send(event.request, event.at);
  }
  return when;
}

TEST(Machines, ARequestAloneTakesWhatTheWorldSays) {
  const Still still;
  for (std::size_t plan = 0; plan < still.world.plans(); ++plan) {
    Machines machines(still.world);
    machines.begin(7, {plan, {}}, 3);
    auto when = run_all(machines);
    const Step last = still.world.sends(plan) ? Step::answered : Step::done_here;
    EXPECT_NEAR((when[{7, last}]), still.world.course(plan, {}, 3).answer, 1e-12) << plan;
  }
}

TEST(Machines, EachStageServesOneAfterTheOther) {
  const Still still;
  Machines machines(still.world);
  const RequestTimeline alone = still.world.course(4, {}, 0);
  for (std::size_t i = 0; i < 3; ++i) machines.begin(i, {4, {}}, 0);
  auto when = run_all(machines);
  const Seconds edge = alone.sent, uplink = alone.uploaded - alone.sent;
  EXPECT_NEAR((when[{1, Step::head_begins}]), edge, 1e-9);
  EXPECT_NEAR((when[{2, Step::head_begins}]), 2 * edge, 1e-9);
  EXPECT_NEAR((when[{1, Step::upload_begins}]), edge + std::max(edge, uplink), 1e-9);
  EXPECT_NEAR((when[{2, Step::upload_begins}]), edge + 2 * std::max(edge, uplink), 1e-9);
}

TEST(Machines, TwoSlotsOfTheEdgeServeTwoAtOnce) {
  const Still still({.edge = 2, .cloud = 1});
  Machines machines(still.world);
  for (std::size_t i = 0; i < 3; ++i) machines.begin(i, {still.edge_only(), {}}, 0);
  auto when = run_all(machines);
  const Seconds whole = still.world.course(still.edge_only(), {}, 0).answer;
  EXPECT_NEAR((when[{1, Step::done_here}]), whole, 1e-9);
  EXPECT_NEAR((when[{2, Step::done_here}]), 2 * whole, 1e-9);
}

// Runs until `until`. What leaves the edge is sent.
void run_until(Machines& machines, Seconds until) {
  while (machines.next() && *machines.next() <= until)
    if (const auto event = machines.take(); event.step == Step::left_edge) machines.send(event.request, event.at);
}

TEST(Machines, TensorsOfNoHeadAreSentWithoutASlotOfTheEdge) {
  const Still still;
  Machines machines(still.world);
  machines.begin(0, {still.edge_only(), {}}, 0);
  machines.begin(1, {0, {}}, 0);
  auto when = run_all(machines);
  EXPECT_NEAR((when[{1, Step::answered}]), still.world.course(0, {}, 0).answer, 1e-9);
}

TEST(Machines, ATailHereWaitsForASlotAndAnAnswerFreesIt) {
  const Still still;
  Machines machines(still.world);
  machines.begin(0, {0, {}}, 0);  // Is sent at once.
  machines.begin(1, {still.edge_only(), {}}, 0);
  run_until(machines, 0.001);
  machines.run_here(0, 0.001);
  machines.begin(2, {still.edge_only(), {}}, 0.002);
  EXPECT_TRUE(machines.stop(0, 0.003)) << "its upload has begun, so its answer comes";
  auto when = run_all(machines);
  const Seconds whole = still.world.course(still.edge_only(), {}, 0).answer;
  EXPECT_NEAR((when[{2, Step::head_begins}]), whole, 1e-9) << "the tail of request 0 no longer waits before it";
  EXPECT_TRUE(when.contains({0, Step::answered}));
}

TEST(Machines, ARunningTailThatStopsFreesItsSlot) {
  const Still still;
  Machines machines(still.world);
  machines.begin(0, {0, {}}, 0);
  run_until(machines, 0.001);
  machines.run_here(0, 0.001);
  machines.begin(1, {still.edge_only(), {}}, 0.002);
  machines.stop(0, 0.003);
  EXPECT_NEAR((run_all(machines)[{1, Step::head_begins}]), 0.003, 1e-9);
}

TEST(Machines, ARequestThatStopsBeforeItsUploadLeavesTheUplinkToOthers) {
  const Still still;
  Machines machines(still.world);
  for (std::size_t i = 0; i < 3; ++i) machines.begin(i, {0, {}}, 0);
  run_until(machines, 0.001);
  EXPECT_FALSE(machines.stop(1, 0.001)) << "it waited for the uplink, so there will be no answer";
  auto when = run_all(machines);
  EXPECT_FALSE(when.contains({1, Step::upload_begins}));
  EXPECT_NEAR((when[{2, Step::upload_begins}]), still.world.course(0, {}, 0).uploaded, 1e-9);
}

// A quarter of a core, on which each run computes half as long as the table says, and the process 2 ms beside it.
dispatch::WorkSeen quota(const table::PartitionTable& table) {
  dispatch::WorkSeen work{.cores = 0.25, .rest = std::chrono::milliseconds(2)};
  for (const table::Estimate& one : table.unstressed().estimates)
    work.computed[one.plan] = (one.mean.head + one.mean.encode) / 2;
  return work;
}

struct WithQuota {
  Trace way = *Trace::make(Trace::Kind::bandwidth, {{0, 10e6}, {100, 10e6}});
  std::shared_ptr<const table::PartitionTable> table = network(2);
  World world{table, &way, nullptr, {.wrong = kTrue, .work = quota(*table)}};
  std::size_t edge_only() const { return world.plans() - 1; }
  Seconds computes(std::size_t plan) const { return seconds(world.computed(plan)); }
};

constexpr Seconds kAhead = 0.0375;  // Of a quarter of a core: half of three quarters of a period of 100 ms.

TEST(Machines, UnderAQuotaTheEdgeMayBeAheadOfTheLongRunByHalfAPeriod) {
  const WithQuota edge;
  Machines machines(edge.world);
  for (std::size_t i = 0; i < 2; ++i) machines.begin(i, {edge.edge_only(), {}}, 0);
  auto when = run_all(machines);
  const Seconds done = 2 * edge.computes(edge.edge_only()) + 0.002;
  EXPECT_NEAR((when[{0, Step::done_here}]), done, 1e-6);
  const Seconds owed = (edge.computes(edge.edge_only()) + 0.002) / 0.25;
  ASSERT_GT(owed - kAhead, done);
  EXPECT_NEAR((when[{1, Step::head_begins}]), owed - kAhead, 1e-6);
}

TEST(Machines, UnderAQuotaRequestsWithoutAHeadWaitForTheDoor) {
  const WithQuota edge;
  Machines machines(edge.world);
  for (std::size_t i = 0; i < 12; ++i) machines.begin(i, {0, {}}, 0);
  auto when = run_all(machines);
  const Seconds each = (edge.computes(0) + 0.002) / 0.25;
  EXPECT_EQ((when[{1, Step::head_begins}]), 0);
  EXPECT_NEAR((when[{11, Step::head_begins}]), 11 * each - kAhead, 1e-6);
}

TEST(Machines, WhatTheDoorDoesBesideARunDelaysTheNextRun) {
  const WithQuota edge;
  Machines machines(edge.world);
  machines.begin(0, {edge.edge_only(), {}}, 0);
  machines.begin(1, {0, {}}, 0);
  machines.begin(2, {edge.edge_only(), {}}, 0.002);
  auto when = run_all(machines);
  EXPECT_NEAR((when[{1, Step::head_begins}]), 0, 1e-9) << "it needs no slot";
  EXPECT_NEAR((when[{2, Step::head_begins}]),
              (edge.computes(edge.edge_only()) + edge.computes(0) + 2 * 0.002) / 0.25 - kAhead, 1e-6);
}

TEST(World, APlanThatTheEdgeHasNotSeenComputesAsTheNearestCutDoes) {
  const auto table = network(2);
  const Trace way = *Trace::make(Trace::Kind::bandwidth, {{0, 10e6}, {100, 10e6}});
  dispatch::WorkSeen one = quota(*table);
  std::erase_if(one.computed, [&](const auto& known) { return known.first != table->edge_only(); });
  const World all(table, &way, nullptr, {.wrong = kTrue, .work = quota(*table)});
  const World few(table, &way, nullptr, {.wrong = kTrue, .work = one});
  for (std::size_t i = 0; i < all.plans(); ++i)
    EXPECT_NEAR(seconds(all.computed(i)), seconds(few.computed(i)), 1e-8) << i;
}

// Two ways to compute the same: events, and a line.
void expect_ends_as_in_a_line(const std::optional<dispatch::WorkSeen>& work) {
  const Trace way = generate(Trace::Kind::bandwidth, cellular(20), 60, 1);
  const World world(network(3), &way, nullptr, {.seed = 5, .work = work});
  const std::vector<Seconds> times = arrival_times({Arrivals::poisson, 6}, 60, 2);
  for (std::size_t plan = 0; plan < world.plans(); ++plan) {
    Machines machines(world);
    HeldLine line(world, plan);
    std::map<std::pair<std::size_t, Step>, Seconds> when;
    for (std::size_t i = 0; i < times.size(); ++i) {
      while (machines.next() && *machines.next() <= times[i]) {
        const Machines::Event event = machines.take();
        when[{event.request, event.step}] = event.at;
        if (event.step == Step::left_edge) machines.send(event.request, event.at);
      }
      machines.begin(i, {plan, world.dice(i)}, times[i]);
    }
    when.merge(run_all(machines));
    for (std::size_t i = 0; i < times.size(); ++i) {
      const Step last = world.sends(plan) ? Step::answered : Step::done_here;
      ASSERT_NEAR((when[{i, last}]), line.serve(world.dice(i), times[i]), 1e-6) << "plan " << plan << ", request " << i;
    }
  }
}

TEST(Machines, RequestsOfOnePlanEndAsInALine) {
  expect_ends_as_in_a_line(std::nullopt);
  expect_ends_as_in_a_line(quota(*network(3)));
}

// The Pollaczek-Khinchine formula for equal service times: the mean wait is rho s / (2 (1 - rho)).
TEST(HeldLine, OneStageWithPoissonArrivalsWaitsAsAnMD1Queue) {
  const Still still;
  const Seconds service = still.world.course(still.edge_only(), {}, 0).answer;
  constexpr double kLoad = 0.8;
  constexpr std::uint64_t kRequests = 1'000'000;
  HeldLine line(still.world, still.edge_only());
  double waited = 0;
  for (const Seconds at : arrival_times({Arrivals::poisson, kLoad / service, kRequests}, 1, 11))
    waited += line.serve({}, at) - at - service;
  const double expected = kLoad * service / (2 * (1 - kLoad));
  EXPECT_NEAR(waited / kRequests, expected, 0.05 * expected);
}

}  // namespace
}  // namespace tideline::replay
