#include "policy/estimate/telemetry.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace tideline::estimate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kModel(64, 'a');

table::Estimate estimate(std::uint32_t cut, plan::Codec codec, Duration head, Duration tail) {
  table::Estimate e;
  e.plan = {kModel, cut, codec};
  e.cut_name = "cut" + std::to_string(cut);
  e.wire = 1_KiB;
  e.mean.head = head;
  e.mean.tail = tail;
  e.p95 = e.mean.total();
  e.samples = 10;
  return e;
}

// Cut 1: head 10 ms, tail 20 ms (fp16: 25 ms). Cut 0 has hardly a head; cut 2 is edge-only.
std::shared_ptr<const table::PartitionTable> small_table() {
  table::PartitionTable::Origin origin;
  origin.model = kModel;
  origin.model_name = "net";
  origin.cuts = 3;
  origin.method = "exhaustive";
  origin.created = "2024-01-01T00:00:00Z";
  table::Cell cell;
  cell.estimates = {estimate(0, plan::Codec::fp32, std::chrono::microseconds(100), milliseconds(30)),
                    estimate(1, plan::Codec::fp32, milliseconds(10), milliseconds(20)),
                    estimate(1, plan::Codec::fp16, milliseconds(10), milliseconds(25)),
                    estimate(2, plan::Codec::fp32, milliseconds(30), Duration::zero())};
  auto made = table::PartitionTable::make(origin, {cell});
  EXPECT_TRUE(made) << made.error().message;
  return made ? std::make_shared<const table::PartitionTable>(std::move(*made)) : nullptr;
}

const TimePoint kStart = TimePoint{} + std::chrono::hours(1);

// Ten seconds of the same, up to kStart.
void heads(Telemetry& telemetry, const plan::Plan& plan, Duration head) {
  for (int i = 50; i-- > 0;) telemetry.on_head(plan, head, kStart - i * milliseconds(200));
}
void tails(Telemetry& telemetry, const plan::Plan& plan, Duration tail) {
  for (int i = 50; i-- > 0;) telemetry.on_tail(plan, tail, kStart - i * milliseconds(200));
}

// The slowdown of one cut.
double of_cut(std::optional<double> slowdown, const std::vector<double>& residuals, std::uint32_t cut) {
  return slowdown.value_or(0) * residuals.at(cut);
}
double edge_at(const Telemetry& telemetry, std::uint32_t cut, TimePoint at = kStart) {
  const auto reading = telemetry.read(at);
  return of_cut(reading.now.edge_slowdown, reading.residuals.heads, cut);
}
double cloud_at(const Telemetry& telemetry, std::uint32_t cut, TimePoint at = kStart) {
  const auto reading = telemetry.read(at);
  return of_cut(reading.now.cloud_slowdown, reading.residuals.tails, cut);
}

TEST(Telemetry, BeforeTheFirstSampleEveryReadingIsAbsent) {
  const auto reading = Telemetry(small_table()).read(kStart);
  EXPECT_FALSE(reading.now.uplink || reading.now.rtt || reading.now.edge_slowdown || reading.now.cloud_slowdown);
  EXPECT_FALSE(reading.last_uplink || reading.last_head);
}

TEST(Telemetry, SentBytesAreRelativeToTheTableOfTheTime) {
  const plan::Plan plan{kModel, 0, plan::Codec::source};
  const auto with_source = [&](Bytes wire) {
    const auto without = small_table();
    table::Cell cell = without->unstressed();
    cell.estimates.push_back(estimate(0, plan::Codec::source, Duration{}, milliseconds(30)));
    cell.estimates.back().wire = wire;
    return std::make_shared<const table::PartitionTable>(*table::PartitionTable::make(without->origin(), {cell}));
  };
  Telemetry telemetry(with_source(1_KiB));
  telemetry.on_encoded(plan, 4_KiB, kStart);
  telemetry.on_encoded({kModel, 1, plan::Codec::jpeg95}, 4_KiB, kStart);  // Not of the table.
  EXPECT_NEAR(telemetry.read(kStart).ratios.of(plan).mean, 4, 0.03);
  EXPECT_FALSE(telemetry.read(kStart).ratios.known({kModel, 1, plan::Codec::jpeg95}));
  telemetry.relate_to(with_source(1_KiB));
  EXPECT_TRUE(telemetry.read(kStart).ratios.known(plan)) << "the same table, read again";
  telemetry.relate_to(with_source(2_KiB));
  EXPECT_FALSE(telemetry.read(kStart).ratios.known(plan));
}

TEST(Telemetry, SlowdownsAreRelativeToTheUnstressedTable) {
  Telemetry telemetry(small_table());
  heads(telemetry, {kModel, 1, plan::Codec::fp32}, milliseconds(30));
  tails(telemetry, {kModel, 1, plan::Codec::fp32}, milliseconds(40));
  EXPECT_NEAR(edge_at(telemetry, 1), 3, 0.1);
  EXPECT_NEAR(cloud_at(telemetry, 1), 2, 0.05);
  EXPECT_EQ(telemetry.read(kStart).last_head, kStart);
}

// Cold, or behind something else.
TEST(Telemetry, TheFirstTailIsNotYetTheSpeedOfTheCloud) {
  Telemetry telemetry(small_table());
  telemetry.on_tail({kModel, 1, plan::Codec::fp32}, milliseconds(80), kStart);
  EXPECT_GT(*telemetry.read(kStart).now.cloud_slowdown, 1.5);
  EXPECT_LT(*telemetry.read(kStart).now.cloud_slowdown, 3);
  for (int i = 1; i <= 10; ++i)
    telemetry.on_tail({kModel, 1, plan::Codec::fp32}, milliseconds(20), kStart + i * milliseconds(200));
  EXPECT_LT(*telemetry.read(kStart + seconds(2)).now.cloud_slowdown, 1.2);
}

// A quarter of a millisecond more, as a thread needs to wake up, is not a cloud that is twice as slow.
TEST(Telemetry, ShortTailsTellLittleOfTheCloudsSpeed) {
  table::PartitionTable::Origin origin = small_table()->origin();
  table::Cell cell = small_table()->unstressed();
  cell.estimates[1].mean.tail = cell.estimates[2].mean.tail = std::chrono::microseconds(250);
  Telemetry telemetry(std::make_shared<const table::PartitionTable>(*table::PartitionTable::make(origin, {cell})));
  tails(telemetry, {kModel, 1, plan::Codec::fp32}, std::chrono::microseconds(500));
  EXPECT_LT(*telemetry.read(kStart).now.cloud_slowdown, 1.1);
}

TEST(Telemetry, AHeadThatStillRunsTellsHowSlowTheEdgeIsAtLeast) {
  Telemetry telemetry(small_table());
  const plan::Plan plan{kModel, 1, plan::Codec::fp32};
  telemetry.on_head(plan, milliseconds(10), kStart);
  const std::uint64_t head = telemetry.head_began(plan, kStart);
  EXPECT_NEAR(*telemetry.read(kStart + milliseconds(5)).now.edge_slowdown, 1, 1e-9) << "it may still be a fast one";
  EXPECT_NEAR(*telemetry.read(kStart + milliseconds(40)).now.edge_slowdown, 3.1 / std::exp(0.3), 1e-9)
      << "less a slice, and less what such heads vary by";
  telemetry.head_ended(head);
  EXPECT_NEAR(*telemetry.read(kStart + milliseconds(50)).now.edge_slowdown, 1, 1e-9);
}

TEST(Telemetry, ATailThatTheCloudHoldsTellsHowSlowItIsAtLeast) {
  Telemetry telemetry(small_table());
  const plan::Plan plan{kModel, 1, plan::Codec::fp32};
  telemetry.on_tail(plan, milliseconds(20), kStart);
  telemetry.on_cloud_queue(milliseconds(40), kStart);
  const TimePoint at = kStart + seconds(10);
  telemetry.on_link_sample({.at = at, .tail = plan::ObservedTail{plan, 1, milliseconds(15), {}, true}});
  EXPECT_NEAR(*telemetry.read(at).now.cloud_slowdown, 1, 1e-9) << "it may still be a fast one";
  EXPECT_NEAR(*telemetry.read(at + milliseconds(85)).now.cloud_slowdown, 5, 0.1);
  EXPECT_NEAR(*telemetry.read(at + seconds(1)).now.cloud_slowdown, 1, 1e-9) << "nobody says any more that it is held";
  telemetry.on_link_sample({.at = at, .tail = plan::ObservedTail{plan, 1, milliseconds(100), {}, true}});
  telemetry.on_tail(plan, milliseconds(20), at);
  EXPECT_NEAR(*telemetry.read(at).now.cloud_slowdown, 1, 1e-9) << "it was answered";
}

TEST(Telemetry, ASlowCloudOfWhichNothingIsToldIsTrustedAgainByAndBy) {
  Telemetry telemetry(small_table());
  tails(telemetry, {kModel, 1, plan::Codec::fp32}, milliseconds(320));
  EXPECT_NEAR(cloud_at(telemetry, 1), 16, 1);
  EXPECT_NEAR(cloud_at(telemetry, 1, kStart + seconds(5)), std::sqrt(cloud_at(telemetry, 1)), 1e-9);
  EXPECT_NEAR(cloud_at(telemetry, 1, kStart + seconds(10)), 2, 0.05);
}

TEST(Telemetry, AFastCloudOfWhichNothingIsToldIsNotForgotten) {
  Telemetry telemetry(small_table());
  tails(telemetry, {kModel, 1, plan::Codec::fp32}, milliseconds(10));
  EXPECT_NEAR(cloud_at(telemetry, 1, kStart + seconds(60)), 0.5, 0.02);
}

TEST(Telemetry, AnAnswerThatCameTooLateTellsTheCloudsSpeedAllTheSame) {
  Telemetry telemetry(small_table());
  const plan::Plan plan{kModel, 1, plan::Codec::fp32};
  for (int i = 50; i-- > 0;)
    telemetry.on_link_sample({.at = kStart - i * milliseconds(200),
                              .tail = plan::ObservedTail{plan, 1, milliseconds(60), milliseconds(30), false}});
  EXPECT_NEAR(cloud_at(telemetry, 1), 3, 0.1);
  EXPECT_EQ(telemetry.read(kStart).now.cloud_queue, milliseconds(30));
  const double before = cloud_at(telemetry, 1);
  telemetry.on_link_sample({.at = kStart, .tail = plan::ObservedTail{plan, 4, milliseconds(600), {}, false}});
  EXPECT_EQ(cloud_at(telemetry, 1), before) << "a batch says nothing of one";
}

TEST(Telemetry, ARunningHeadThatTheTableDoesNotKnowTellsNothing) {
  Telemetry telemetry(nullptr);
  telemetry.head_began({kModel, 1, plan::Codec::fp32}, kStart);
  EXPECT_FALSE(telemetry.read(kStart + seconds(1)).now.edge_slowdown);
}

TEST(Telemetry, TheTailIsComparedWithTheSameCodecWhereTheTableHasIt) {
  Telemetry telemetry(small_table());
  tails(telemetry, {kModel, 1, plan::Codec::fp16}, milliseconds(50));
  EXPECT_NEAR(cloud_at(telemetry, 1), 2, 0.05);
}

TEST(Telemetry, AnotherCodecOfAKnownCutTellsTheHead) {
  Telemetry telemetry(small_table());
  heads(telemetry, {kModel, 2, plan::Codec::fp16}, milliseconds(60));
  EXPECT_NEAR(edge_at(telemetry, 2), 2, 0.05);
}

TEST(Telemetry, WhatTheTableDoesNotKnowOrIsTooShortToCompareIsIgnored) {
  Telemetry telemetry(small_table());
  telemetry.on_head({kModel, 7, plan::Codec::fp32}, milliseconds(30), kStart);
  telemetry.on_head({std::string(64, 'b'), 1, plan::Codec::fp32}, milliseconds(30), kStart);
  telemetry.on_head({kModel, 0, plan::Codec::fp32}, milliseconds(30), kStart);
  telemetry.on_tail({kModel, 2, plan::Codec::fp32}, milliseconds(30), kStart);
  const auto reading = telemetry.read(kStart);
  EXPECT_FALSE(reading.now.edge_slowdown || reading.now.cloud_slowdown || reading.last_head);
}

TEST(Telemetry, WithoutATableThereAreNoSlowdowns) {
  Telemetry telemetry(nullptr);
  telemetry.on_head({kModel, 1, plan::Codec::fp32}, milliseconds(30), kStart);
  telemetry.on_tail({kModel, 1, plan::Codec::fp32}, milliseconds(30), kStart);
  EXPECT_FALSE(telemetry.read(kStart).now.edge_slowdown || telemetry.read(kStart).now.cloud_slowdown);
}

TEST(Telemetry, TheUplinkFollowsItsSamples) {
  Telemetry telemetry(nullptr);
  telemetry.on_link_sample({.uplink = plan::Rate{50_Mbps}, .rtt = {}, .at = kStart});
  EXPECT_NEAR(telemetry.read(kStart).now.uplink->value, 50e6, 1);
  for (int i = 1; i <= 10; ++i)
    telemetry.on_link_sample({.uplink = plan::Rate{10_Mbps}, .rtt = {}, .at = kStart + i * milliseconds(200)});
  const auto reading = telemetry.read(kStart + seconds(3));
  EXPECT_NEAR(reading.now.uplink->value, 10e6, 0.5e6);
  EXPECT_EQ(reading.last_uplink, kStart + seconds(2));
}

TEST(Telemetry, TheRoundTripIsTheSmallestOfTheLastTenSeconds) {
  Telemetry telemetry(nullptr);
  const auto rtt = [&](int at, int ms) {
    telemetry.on_link_sample({.uplink = {}, .rtt = milliseconds(ms), .at = kStart + seconds(at)});
  };
  rtt(0, 5), rtt(1, 9), rtt(2, 7), rtt(3, 20), rtt(4, 8);
  EXPECT_EQ(telemetry.read(kStart + seconds(4)).now.rtt, milliseconds(5));
  EXPECT_EQ(telemetry.read(kStart + seconds(10)).now.rtt, milliseconds(5));
  EXPECT_EQ(telemetry.read(kStart + seconds(11)).now.rtt, milliseconds(7)) << "the 5 ms are too old";
  EXPECT_EQ(telemetry.read(kStart + seconds(13)).now.rtt, milliseconds(8));
  EXPECT_FALSE(telemetry.read(kStart + seconds(15)).now.rtt);
  rtt(30, 40);
  EXPECT_EQ(telemetry.read(kStart + seconds(30)).now.rtt, milliseconds(40));
}

TEST(Telemetry, ALowerBoundOnlyRaisesTheUplink) {
  Telemetry telemetry(nullptr);
  telemetry.on_link_sample({.uplink = plan::Rate{10_Mbps}, .rtt = {}, .at = kStart});
  telemetry.on_link_sample({.uplink = plan::Rate{2_Mbps, false}, .rtt = {}, .at = kStart + seconds(1)});
  EXPECT_NEAR(telemetry.read(kStart).now.uplink->value, 10e6, 1);
  EXPECT_EQ(telemetry.read(kStart).last_uplink, kStart) << "it was no reading";
  EXPECT_FALSE(telemetry.read(kStart).uplink_is_bound);
  telemetry.on_link_sample({.uplink = plan::Rate{20_Mbps, false}, .rtt = {}, .at = kStart + seconds(2)});
  EXPECT_NEAR(telemetry.read(kStart).now.uplink->value, 20e6, 0.5e6);
  EXPECT_TRUE(telemetry.read(kStart).uplink_is_bound);
}

TEST(Telemetry, AStallFadesByHalfEverySecondUnlessItGrows) {
  Telemetry telemetry(nullptr);
  EXPECT_FALSE(telemetry.read(kStart).now.uplink_stalled);
  const auto stall = [&](int at, int ms) {
    telemetry.on_link_sample({.at = kStart + milliseconds(at), .stall = milliseconds(ms)});
  };
  stall(0, 800);
  EXPECT_EQ(telemetry.read(kStart).now.uplink_stalled, milliseconds(800));
  EXPECT_EQ(telemetry.read(kStart + seconds(1)).now.uplink_stalled, milliseconds(400));
  stall(1000, 300);
  EXPECT_EQ(telemetry.read(kStart + seconds(2)).now.uplink_stalled, milliseconds(200))
      << "a shorter one hides no longer one";
  stall(2000, 850);
  EXPECT_EQ(telemetry.read(kStart + seconds(2)).now.uplink_stalled, milliseconds(850));
  EXPECT_FALSE(telemetry.read(kStart + seconds(30)).now.uplink_stalled) << "it is forgotten";
}

TEST(Telemetry, AStallThatIsOverIsFearedNoMoreThanTheEdgeAloneCosts) {
  Telemetry telemetry(small_table());  // The edge alone: 30 ms.
  telemetry.on_link_sample({.at = kStart, .stall = seconds(3)});
  EXPECT_EQ(telemetry.read(kStart).now.uplink_stalled, seconds(3));
  EXPECT_EQ(telemetry.read(kStart + seconds(1)).now.uplink_stalled, milliseconds(15));
  heads(telemetry, {kModel, 1, plan::Codec::fp32}, milliseconds(40));
  const double slower = *telemetry.read(kStart).now.edge_slowdown;
  EXPECT_GT(slower, 2);
  EXPECT_NEAR(tideline::milliseconds(*telemetry.read(kStart + seconds(1)).now.uplink_stalled), 15 * slower, 1e-3);
}

TEST(Telemetry, SamplesThatMakeNoSenseAreIgnored) {
  Telemetry telemetry(small_table());
  telemetry.on_link_sample({.uplink = plan::Rate{BitsPerSecond{0}}, .rtt = Duration::zero(), .at = kStart});
  telemetry.on_link_sample({.uplink = plan::Rate{BitsPerSecond{-5}}, .rtt = milliseconds(-1), .at = kStart});
  telemetry.on_head({kModel, 1, plan::Codec::fp32}, Duration::zero(), kStart);
  const auto reading = telemetry.read(kStart);
  EXPECT_FALSE(reading.now.uplink || reading.now.rtt || reading.now.edge_slowdown);
}

TEST(Telemetry, TheCloudsQueueFadesWhenNobodyAsks) {
  Telemetry telemetry(nullptr);
  EXPECT_FALSE(telemetry.read(kStart).now.cloud_queue);
  telemetry.on_cloud_queue(milliseconds(80), kStart);
  EXPECT_EQ(telemetry.read(kStart).now.cloud_queue, milliseconds(80));
  EXPECT_EQ(telemetry.read(kStart + std::chrono::seconds(1)).now.cloud_queue, milliseconds(40));
  EXPECT_EQ(telemetry.read(kStart + std::chrono::seconds(60)).now.cloud_queue, Duration::zero());
  telemetry.on_cloud_queue(Duration::zero(), kStart + std::chrono::seconds(2));
  EXPECT_EQ(telemetry.read(kStart + std::chrono::seconds(2)).now.cloud_queue, Duration::zero());
}

TEST(Telemetry, AnUploadStallsForAsLongAsLooksSaySo) {
  Telemetry telemetry(nullptr);
  EXPECT_FALSE(telemetry.is_stalled(kStart));
  telemetry.on_link_sample({.at = kStart, .stall = milliseconds(300)});
  EXPECT_TRUE(telemetry.is_stalled(kStart + milliseconds(50)));
  EXPECT_FALSE(telemetry.is_stalled(kStart + seconds(1))) << "nobody has said so for a while";
  telemetry.on_link_sample({.at = kStart + seconds(1), .stall = milliseconds(1300)});
  telemetry.on_link_sample({.uplink = plan::Rate{1_Mbps}, .rtt = {}, .at = kStart + seconds(1)});
  EXPECT_FALSE(telemetry.is_stalled(kStart + seconds(1))) << "it moves";
}

TEST(Telemetry, ATableThatNoLongerFitsIsReplacedByAnother) {
  const auto table = small_table();
  Telemetry telemetry(table);
  for (int i = 0; i < 2 * 3600; ++i) {
    const TimePoint now = kStart + seconds(i);
    telemetry.on_head({kModel, 1, plan::Codec::fp32}, milliseconds(20), now);
    telemetry.on_tail({kModel, 1, plan::Codec::fp16}, milliseconds(25), now);
  }
  const auto misfit = telemetry.read(kStart).fit.misfit;
  ASSERT_TRUE(misfit);
  EXPECT_EQ(misfit->part, Part::head);
  EXPECT_EQ(misfit->predicted, milliseconds(10));
  EXPECT_EQ(misfit->measured, milliseconds(20));
  telemetry.relate_to(small_table());
  EXPECT_TRUE(telemetry.read(kStart).fit.misfit) << "an equal table fits no better";
  telemetry.relate_to(nullptr);
  EXPECT_FALSE(telemetry.read(kStart).fit.misfit);
}

TEST(Telemetry, LoadsThatShowExplainASlowMachine) {
  Telemetry waited(small_table()), throttled(small_table()), queued(small_table());
  waited.on_head_waited(0.5);
  throttled.on_throttled(0.5);
  for (int i = 0; i < 2 * 3600; ++i) {
    const TimePoint now = kStart + seconds(i);
    waited.on_head({kModel, 1, plan::Codec::fp32}, milliseconds(20), now);
    throttled.on_head({kModel, 1, plan::Codec::fp32}, milliseconds(20), now);
    queued.on_cloud_queue(milliseconds(30), now);
    queued.on_tail({kModel, 1, plan::Codec::fp32}, milliseconds(40), now);
  }
  for (const Telemetry* one : {&waited, &throttled, &queued}) EXPECT_FALSE(one->read(kStart).fit.misfit);
}

}  // namespace
}  // namespace tideline::estimate
