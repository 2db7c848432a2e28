#include "policy/control/probe_gate.h"

#include "policy/decide/adaptive_policy.h"
#include "policy/decide/static_policy.h"
#include "tests/policy/random_world.h"

#include <gtest/gtest.h>

namespace tideline::control {
namespace {

using namespace tideline::fixtures;

TimePoint at(double s) {
  return TimePoint() + from_seconds(s);
}

// Cut 0 sends 1 MB; edge-only takes 200 ms: they are even at 8 MB in 170 ms, 47 Mbit/s.
std::shared_ptr<const table::PartitionTable> probe_table() {
  table::Cell one = cell({}, {.uplink = 100_Mbps, .rtt = ms(20)}, {ms(0), ms(0), ms(0)});
  one.estimates[0].wire = {1'000'000};
  one.estimates[0].mean = {.network = ms(100), .tail = ms(10)};
  one.estimates[1].mean = {.head = std::chrono::seconds(9), .network = ms(20)};
  one.estimates[2].mean = {.head = ms(200)};
  return std::make_shared<const table::PartitionTable>(made({one}));
}

decide::Observation seen(double mbps, double sd) {
  return {{.uplink = BitsPerSecond{mbps * 1e6},
           .uplink_sd = sd,
           .rtt = ms(20),
           .edge_slowdown = 1.0,
           .cloud_slowdown = 1.0,
           .peer_up = true},
          plan_at(2)};
}

TEST(ProbeGate, AProbeIsAsLargeAsItNeedsToTellARate) {
  EXPECT_EQ(probe_size(std::nullopt, false), 32_KiB);
  EXPECT_EQ(probe_size(10_Mbps, false), 32_KiB);
  EXPECT_EQ(probe_size(100_Mbps, false), Bytes{250'000}) << "20 ms";
  EXPECT_EQ(probe_size(BitsPerSecond{1e12}, false), 256_KiB);
  EXPECT_EQ(probe_size(2_Mbps, false), Bytes{25'000}) << "100 ms";
  EXPECT_EQ(probe_size(BitsPerSecond{10'000}, false), 12_KiB) << "less tells nothing";
}

// 32 KiB over 50 Mbit/s take 5 ms, and half of them is too short for a rate. The reading is then 12.5 Mbit/s at least.
TEST(ProbeGate, AProbeIsLargerWhereTheLastOneWasTooShort) {
  EXPECT_EQ(probe_size(BitsPerSecond{12.5e6}, false), 32_KiB);
  EXPECT_EQ(probe_size(BitsPerSecond{12.5e6}, true), Bytes{125'000}) << "80 ms, 20 ms at 50 Mbit/s";
  EXPECT_EQ(probe_size(1_Mbps, true), Bytes{12'500}) << "100 ms at most";
  EXPECT_EQ(probe_size(100_Mbps, true), 256_KiB);
}

TEST(ProbeGate, WhoDoesNotMoveNeedsNotKnow) {
  const decide::StaticPolicy cloud(plan_at(0), plan_at(2));
  EXPECT_FALSE(knowing_pays(cloud, seen(10, 2), 2));
  EXPECT_FALSE(ProbeGate().open(decide::StaticPolicy(plan_at(2), plan_at(2)), seen(10, 2), {}, 32_KiB, at(1)));
  EXPECT_TRUE(ProbeGate().open(cloud, seen(10, 2), {}, 32_KiB, at(1))) << "once in a while, for those who look";
}

TEST(ProbeGate, KnowingPaysOnlyWhereItCouldChangeThePlan) {
  const decide::AdaptivePolicy policy(probe_table(), {});
  EXPECT_FALSE(knowing_pays(policy, seen(10, 0.5), 2)) << "27 Mbit/s at best";
  EXPECT_TRUE(knowing_pays(policy, seen(10, 1), 2)) << "74 Mbit/s at best";
  EXPECT_FALSE(knowing_pays(policy, seen(500, 0.5), 2)) << "184 Mbit/s at worst";
  EXPECT_TRUE(knowing_pays(policy, {{.peer_up = true}, plan_at(2)}, 2)) << "nothing is known";
}

TEST(ProbeGate, OpensAtLeastOncePerFloor) {
  const decide::AdaptivePolicy policy(probe_table(), {});
  ProbeGate gate;
  int probes = 0;
  for (int i = 0; i < 6000; ++i) probes += gate.open(policy, seen(1, 0.01), {at(0), false}, 32_KiB, at(0.1 * i));
  EXPECT_EQ(probes, 19) << "600 s, the first of them after 30";
}

TEST(ProbeGate, NeverOpensWhileUploadingSoonAfterASampleOrWhereNoPlanMaySend) {
  const decide::AdaptivePolicy policy(probe_table(), {});
  ProbeGate gate;
  EXPECT_FALSE(gate.open(policy, seen(10, 2), {{}, true}, 32_KiB, at(1)));
  EXPECT_FALSE(gate.open(policy, seen(10, 2), {at(0.8), false}, 32_KiB, at(1)));
  EXPECT_FALSE(gate.open(decide::AdaptivePolicy(probe_table(), {}, {.deepest_cut = {}, .first_cut = 2}), seen(10, 2),
                         {}, 32_KiB, at(1)));
  EXPECT_TRUE(gate.open(policy, seen(10, 2), {}, 32_KiB, at(1)));
  EXPECT_FALSE(gate.open(policy, seen(10, 2), {}, 32_KiB, at(1.2))) << "one at a time";
}

TEST(ProbeGate, KeepsItsBudgetAndThatOfTheDay) {
  const decide::AdaptivePolicy policy(probe_table(), {});
  ProbeGate gate({.bytes_per_second = 1000, .burst = Bytes{40'000}});
  int probes = 0;
  for (int i = 0; i < 10'000; ++i) probes += gate.open(policy, seen(10, 2), {}, Bytes{10'000}, at(0.1 * i));
  EXPECT_LE(probes * 10'000, 40'000 + 1000 * 1000);
  EXPECT_GE(probes * 10'000, 1000 * 1000 / 2);

  const plan::TrafficLimit sending{.per_day = Bytes{2'000'000}, .last_cut = 2, .wire = {{plan_at(0), {1'000'000}}}};
  const decide::AdaptivePolicy bounded(probe_table(), {}, {.deepest_cut = {}, .sending = sending});
  decide::Observation late = seen(10, 2);
  EXPECT_FALSE(ProbeGate().open(bounded, late, {}, 32_KiB, at(1))) << "how much was sent is not known";
  late.sent_today = Bytes{1'990'000};
  EXPECT_FALSE(ProbeGate().open(bounded, late, {}, 32_KiB, at(1)));
  late.sent_today = Bytes{0};
  EXPECT_TRUE(ProbeGate().open(bounded, late, {}, 32_KiB, at(1)));
}

}  // namespace
}  // namespace tideline::control
