#include "policy/control/rehearsal_gate.h"

#include "policy/decide/adaptive_policy.h"
#include "tests/policy/tables.h"

namespace tideline::control {
namespace {

using namespace tideline::fixtures;
using std::chrono::seconds;

// The edge alone takes `edge` where it is not slowed down, the cloud 100 ms.
decide::AdaptivePolicy policy(Duration edge) {
  table::Cell one = cell({}, {.uplink = 10_Mbps, .rtt = ms(1)}, {ms(100), ms(10'000), edge});
  one.estimates[2].mean = {.head = edge};
  return decide::AdaptivePolicy(std::make_shared<const table::PartitionTable>(made({one})), {});
}

decide::Observation seen(double slowdown) {
  return {.now = {.uplink = 10_Mbps, .rtt = ms(1), .edge_slowdown = slowdown, .peer_up = true}, .current = plan_at(2)};
}

TEST(KnowingTheEdge, PaysWhereAnotherPlanWouldBeBestOnAnEdgeOfAnotherSpeed) {
  EXPECT_TRUE(knowing_the_edge_pays(policy(ms(50)), seen(1))) << "the edge alone, or the cloud";
  EXPECT_TRUE(knowing_the_edge_pays(policy(ms(50)), seen(10))) << "it may be idle again";
  EXPECT_FALSE(knowing_the_edge_pays(policy(ms(5)), seen(1))) << "the edge alone, even four times as slow";
  EXPECT_FALSE(knowing_the_edge_pays(policy(ms(5000)), seen(1))) << "the cloud, however idle the edge is";
  decide::Observation unknown = seen(1);
  unknown.now.edge_slowdown.reset();
  EXPECT_TRUE(knowing_the_edge_pays(policy(ms(5)), unknown));
}

TEST(Rehearsal, IsWantedASecondAfterTheLastHeadWhereItCouldChangeSomething) {
  const decide::AdaptivePolicy torn = policy(ms(50)), clear = policy(ms(5));
  EXPECT_EQ(rehearsal(torn, seen(1), ms(999), {}, {}), Rehearsal::none);
  EXPECT_EQ(rehearsal(torn, seen(1), ms(1000), {}, {}), Rehearsal::wanted);
  EXPECT_EQ(rehearsal(clear, seen(1), seconds(29), {}, {}), Rehearsal::none);
  EXPECT_EQ(rehearsal(clear, seen(1), seconds(30), {}, {}), Rehearsal::wanted);
  EXPECT_EQ(rehearsal(clear, seen(1), std::nullopt, {}, {}), Rehearsal::wanted);
}

TEST(Rehearsal, IsAlarmedSoonerBySignsThatTheEdgeChanged) {
  const decide::AdaptivePolicy torn = policy(ms(50));
  const plan::Conditions calm{.edge_cpu_pressure = 0.1};
  decide::Observation now = seen(1);
  now.now.edge_cpu_pressure = 0.5;
  EXPECT_EQ(rehearsal(torn, now, ms(249), calm, {}), Rehearsal::none);
  EXPECT_EQ(rehearsal(torn, now, ms(250), calm, {}), Rehearsal::alarmed);
  EXPECT_EQ(rehearsal(torn, now, ms(250), now.now, {}), Rehearsal::none);
  now.now = seen(1).now;
  now.now.edge_major_faults = 1;
  EXPECT_EQ(rehearsal(torn, now, ms(250), calm, {}), Rehearsal::alarmed);
  EXPECT_EQ(rehearsal(policy(ms(5)), now, ms(250), calm, {}), Rehearsal::none) << "nothing could change";
}

}  // namespace
}  // namespace tideline::control
