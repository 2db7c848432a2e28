#include "policy/additive.h"

#include "tests/policy/tables.h"

#include <gtest/gtest.h>

namespace tideline {
namespace {

using namespace tideline::testing;

// 50 Mbit/s, 10 ms away. Cut 0 sends 125,000 bytes (20 ms) and takes 12 ms more on the link; cut 1 a tenth of that.
Cell unstressed() {
  Cell cell{{.uplink = 50_Mbps}, {.uplink = 50_Mbps, .rtt = ms(10), .edge_slowdown = 1, .cloud_slowdown = 1}, {}};
  cell.estimates = {{.plan = plan(0), .wire = {125'000}, .mean = {.network = ms(32), .queue = ms(1), .tail = ms(20)}},
                    {.plan = plan(1),
                     .wire = {12'500},
                     .mean = {.head = ms(30), .encode = ms(2), .network = ms(14), .queue = ms(1), .tail = ms(10)}},
                    {.plan = plan(2), .mean = {.head = ms(90)}}};
  for (Estimate& estimate : cell.estimates) {
    estimate.samples = 3;
    estimate.p95 = 2 * estimate.mean.total();
  }
  return cell;
}

Cell loaded(double edge_cpu, double slowdown, Duration head_of_cut_1, Duration whole) {
  Cell cell = unstressed();
  cell.asked.edge_cpu = edge_cpu;
  cell.seen.edge_slowdown = slowdown;
  cell.estimates[1].mean.head = head_of_cut_1;
  cell.estimates[2].mean.head = whole;
  return cell;
}

Additive additive(std::vector<Cell> cells) {
  return Additive(std::make_shared<const PartitionTable>(made(std::move(cells))));
}

TEST(Additive, WithoutReadingsPlansTakeWhatTheyTookUnstressed) {
  const Cell cell = additive({unstressed()}).predict({});
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(cell.estimates[i], unstressed().estimates[i]) << i;
}

TEST(Additive, TheUplinkCostsEachPlanByItsBytes) {
  const Cell cell = additive({unstressed()}).predict({.uplink = 10_Mbps});
  EXPECT_EQ(cell.estimates[0].mean.network, ms(112));
  EXPECT_EQ(cell.estimates[1].mean.network, ms(22));
  EXPECT_EQ(cell.estimates[2], unstressed().estimates[2]);
}

TEST(Additive, ALongerWayCostsEveryPlanThatSendsTheSame) {
  const Cell cell = additive({unstressed()}).predict({.uplink = 50_Mbps, .rtt = ms(60)});
  EXPECT_EQ(cell.estimates[0].mean.network, ms(82));
  EXPECT_EQ(cell.estimates[1].mean.network, ms(64));
  EXPECT_EQ(cell.estimates[2], unstressed().estimates[2]);
}

TEST(Additive, ASlowerEdgeSlowsWhatRunsThereAndASlowerCloudItsTails) {
  const Cell cell = additive({unstressed()}).predict({.edge_slowdown = 2, .cloud_slowdown = 3});
  EXPECT_EQ(cell.estimates[0].mean.tail, ms(60));
  EXPECT_EQ(cell.estimates[1].mean.head, ms(60));
  EXPECT_EQ(cell.estimates[1].mean.encode, ms(4));
  EXPECT_EQ(cell.estimates[1].mean.tail, ms(30));
  EXPECT_EQ(cell.estimates[2].mean.head, ms(180));
}

TEST(Additive, TheCloudsQueueIsThatOfItsLastAnswers) {
  const Cell cell = additive({unstressed()}).predict({.cloud_queue = ms(40)});
  EXPECT_EQ(cell.estimates[0].mean.queue, ms(40));
  EXPECT_EQ(cell.estimates[2].mean.queue, ms(0));
}

TEST(Additive, TheP95GrowsInProportion) {
  const Cell cell = additive({unstressed()}).predict({.edge_slowdown = 3});
  EXPECT_EQ(cell.estimates[2].p95, ms(540));
}

TEST(Additive, WhatWasMeasuredUnderALoadIsKnownByItself) {
  const Additive table = additive({unstressed(), loaded(0.5, 2, ms(50), ms(200)), loaded(1, 4, ms(110), ms(420))});
  EXPECT_EQ(table.predict({.edge_slowdown = 2}).estimates[1].mean.head, ms(50));
  EXPECT_EQ(table.predict({.edge_slowdown = 3}).estimates[1].mean.head, ms(80)) << "halfway between two loads";
  EXPECT_EQ(table.predict({.edge_slowdown = 1.5}).estimates[2].mean.head, ms(145));
  EXPECT_EQ(table.predict({.edge_slowdown = 8}).estimates[1].mean.head, ms(220)) << "beyond the last, in proportion";
  EXPECT_EQ(table.predict({.edge_slowdown = 0.5}).estimates[1].mean.head, ms(15));
}

TEST(Additive, ALoadThatDidNotSlowTheMachineIsNoLoad) {
  const Additive table = additive({unstressed(), loaded(0.5, 1.02, ms(99), ms(99))});
  EXPECT_EQ(table.predict({.edge_slowdown = 1.02}).estimates[2].mean.head, from_seconds(0.0918));
}

TEST(Additive, ATableThatNeverSawTheUplinkIsTakenAsItIs) {
  Cell cell = unstressed();
  cell.seen.uplink.reset();
  EXPECT_EQ(additive({cell}).predict({.uplink = 1_Mbps}).estimates[0].mean.network, ms(32));
}

}  // namespace
}  // namespace tideline
