#include "runtime/monitor/traffic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

namespace tideline {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kModel(64, 'a');

Estimate estimate(std::uint32_t cut, Codec codec, Duration head, Duration tail) {
  Estimate e;
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
std::shared_ptr<const PartitionTable> table() {
  PartitionTable::Origin origin;
  origin.model = kModel;
  origin.model_name = "net";
  origin.cuts = 3;
  origin.method = "exhaustive";
  origin.created = "2024-01-01T00:00:00Z";
  Cell cell;
  cell.estimates = {estimate(0, Codec::fp32, std::chrono::microseconds(100), milliseconds(30)),
                    estimate(1, Codec::fp32, milliseconds(10), milliseconds(20)),
                    estimate(1, Codec::fp16, milliseconds(10), milliseconds(25)),
                    estimate(2, Codec::fp32, milliseconds(30), Duration::zero())};
  auto made = PartitionTable::make(origin, {cell});
  EXPECT_TRUE(made) << made.error().message;
  return made ? std::make_shared<const PartitionTable>(std::move(*made)) : nullptr;
}

const TimePoint kStart = TimePoint{} + std::chrono::hours(1);

TEST(Traffic, BeforeTheFirstSampleEveryReadingIsAbsent) {
  const auto reading = Traffic(table()).read(kStart);
  EXPECT_FALSE(reading.uplink || reading.rtt || reading.edge_slowdown || reading.cloud_slowdown);
  EXPECT_FALSE(reading.last_uplink || reading.last_head);
}

TEST(Traffic, SlowdownsAreRelativeToTheUnstressedTable) {
  Traffic traffic(table());
  traffic.on_head({kModel, 1, Codec::fp32}, milliseconds(30), kStart);
  traffic.on_tail({kModel, 1, Codec::fp32}, milliseconds(40), kStart);
  const auto reading = traffic.read(kStart);
  ASSERT_TRUE(reading.edge_slowdown && reading.cloud_slowdown);
  EXPECT_NEAR(*reading.edge_slowdown, 3, 1e-9);
  EXPECT_NEAR(*reading.cloud_slowdown, 2, 1e-9);
  EXPECT_EQ(reading.last_head, kStart);
}

TEST(Traffic, AHeadThatStillRunsTellsHowSlowTheEdgeIsAtLeast) {
  Traffic traffic(table());
  const Plan plan{kModel, 1, Codec::fp32};
  traffic.on_head(plan, milliseconds(10), kStart);
  {
    const Traffic::HeadWatch watch(&traffic, plan, kStart);
    EXPECT_NEAR(*traffic.read(kStart + milliseconds(5)).edge_slowdown, 1, 1e-9) << "it may still be a fast one";
    EXPECT_NEAR(*traffic.read(kStart + milliseconds(40)).edge_slowdown, 3.1 / std::exp(0.3), 1e-9)
        << "but for a slice, and for what such heads vary by";
  }
  EXPECT_NEAR(*traffic.read(kStart + milliseconds(50)).edge_slowdown, 1, 1e-9);
}

TEST(Traffic, ATailThatTheCloudHoldsTellsHowSlowItIsAtLeast) {
  Traffic traffic(table());
  const Plan plan{kModel, 1, Codec::fp32};
  traffic.on_tail(plan, milliseconds(20), kStart);
  traffic.on_cloud_queue(milliseconds(40), kStart);
  const TimePoint at = kStart + seconds(10);
  traffic.on_sample({.at = at, .tail = TailSeen{plan, 1, milliseconds(15), {}, true}});
  EXPECT_NEAR(*traffic.read(at).cloud_slowdown, 1, 1e-9) << "it may still be a fast one";
  EXPECT_NEAR(*traffic.read(at + milliseconds(85)).cloud_slowdown, 5, 0.1);
  EXPECT_NEAR(*traffic.read(at + seconds(1)).cloud_slowdown, 1, 1e-9) << "nobody says any more that it is held";
  traffic.on_sample({.at = at, .tail = TailSeen{plan, 1, milliseconds(100), {}, true}});
  traffic.on_tail(plan, milliseconds(20), at);
  EXPECT_NEAR(*traffic.read(at).cloud_slowdown, 1, 1e-9) << "it was answered";
}

TEST(Traffic, ASlowCloudOfWhichNothingIsToldIsTrustedAgainByAndBy) {
  Traffic traffic(table());
  traffic.on_tail({kModel, 1, Codec::fp32}, milliseconds(320), kStart);
  EXPECT_NEAR(*traffic.read(kStart).cloud_slowdown, 16, 1e-9);
  EXPECT_NEAR(*traffic.read(kStart + seconds(5)).cloud_slowdown, 4, 1e-9);
  EXPECT_NEAR(*traffic.read(kStart + seconds(10)).cloud_slowdown, 2, 1e-9);
}

TEST(Traffic, AFastCloudOfWhichNothingIsToldIsNotForgotten) {
  Traffic traffic(table());
  traffic.on_tail({kModel, 1, Codec::fp32}, milliseconds(10), kStart);
  EXPECT_NEAR(*traffic.read(kStart + seconds(60)).cloud_slowdown, 0.5, 1e-9);
}

TEST(Traffic, AnAnswerThatCameTooLateTellsTheCloudsSpeedAllTheSame) {
  Traffic traffic(table());
  const Plan plan{kModel, 1, Codec::fp32};
  traffic.on_sample({.at = kStart, .tail = TailSeen{plan, 1, milliseconds(60), milliseconds(30), false}});
  EXPECT_NEAR(*traffic.read(kStart).cloud_slowdown, 3, 1e-9);
  EXPECT_EQ(traffic.read(kStart).cloud_queue, milliseconds(30));
  traffic.on_sample({.at = kStart, .tail = TailSeen{plan, 4, milliseconds(600), {}, false}});
  EXPECT_NEAR(*traffic.read(kStart).cloud_slowdown, 3, 1e-9) << "a batch says nothing of one";
}

TEST(Traffic, ARunningHeadThatTheTableDoesNotKnowTellsNothing) {
  Traffic traffic(nullptr);
  const Traffic::HeadWatch watch(&traffic, {kModel, 1, Codec::fp32}, kStart);
  EXPECT_FALSE(traffic.read(kStart + seconds(1)).edge_slowdown);
}

TEST(Traffic, TheTailIsComparedWithTheSameCodecWhereTheTableHasIt) {
  Traffic traffic(table());
  traffic.on_tail({kModel, 1, Codec::fp16}, milliseconds(50), kStart);
  EXPECT_NEAR(*traffic.read(kStart).cloud_slowdown, 2, 1e-9);
}

TEST(Traffic, AnotherCodecOfAKnownCutTellsTheHead) {
  Traffic traffic(table());
  traffic.on_head({kModel, 2, Codec::fp16}, milliseconds(60), kStart);
  EXPECT_NEAR(*traffic.read(kStart).edge_slowdown, 2, 1e-9);
}

TEST(Traffic, WhatTheTableDoesNotKnowOrIsTooShortToCompareIsIgnored) {
  Traffic traffic(table());
  traffic.on_head({kModel, 7, Codec::fp32}, milliseconds(30), kStart);
  traffic.on_head({std::string(64, 'b'), 1, Codec::fp32}, milliseconds(30), kStart);
  traffic.on_head({kModel, 0, Codec::fp32}, milliseconds(30), kStart);
  traffic.on_tail({kModel, 2, Codec::fp32}, milliseconds(30), kStart);
  const auto reading = traffic.read(kStart);
  EXPECT_FALSE(reading.edge_slowdown || reading.cloud_slowdown || reading.last_head);
}

TEST(Traffic, WithoutATableThereAreNoSlowdowns) {
  Traffic traffic(nullptr);
  traffic.on_head({kModel, 1, Codec::fp32}, milliseconds(30), kStart);
  traffic.on_tail({kModel, 1, Codec::fp32}, milliseconds(30), kStart);
  EXPECT_FALSE(traffic.read(kStart).edge_slowdown || traffic.read(kStart).cloud_slowdown);
}

TEST(Traffic, TheUplinkFollowsItsSamples) {
  Traffic traffic(nullptr);
  traffic.on_sample({.uplink = Rate{50_Mbps}, .rtt = {}, .at = kStart});
  EXPECT_NEAR(traffic.read(kStart).uplink->value, 50e6, 1);
  for (int i = 1; i <= 10; ++i)
    traffic.on_sample({.uplink = Rate{10_Mbps}, .rtt = {}, .at = kStart + i * milliseconds(200)});
  const auto reading = traffic.read(kStart + seconds(3));
  EXPECT_NEAR(reading.uplink->value, 10e6, 0.5e6);
  EXPECT_EQ(reading.last_uplink, kStart + seconds(2));
}

TEST(Traffic, TheRoundTripIsTheSmallestOfTheLastTenSeconds) {
  Traffic traffic(nullptr);
  const auto rtt = [&](int at, int ms) {
    traffic.on_sample({.uplink = {}, .rtt = milliseconds(ms), .at = kStart + seconds(at)});
  };
  rtt(0, 5), rtt(1, 9), rtt(2, 7), rtt(3, 20), rtt(4, 8);
  EXPECT_EQ(traffic.read(kStart + seconds(4)).rtt, milliseconds(5));
  EXPECT_EQ(traffic.read(kStart + seconds(10)).rtt, milliseconds(5));
  EXPECT_EQ(traffic.read(kStart + seconds(11)).rtt, milliseconds(7)) << "the 5 ms are too old";
  EXPECT_EQ(traffic.read(kStart + seconds(13)).rtt, milliseconds(8));
  EXPECT_FALSE(traffic.read(kStart + seconds(15)).rtt);
  rtt(30, 40);
  EXPECT_EQ(traffic.read(kStart + seconds(30)).rtt, milliseconds(40));
}

TEST(Traffic, ALowerBoundOnlyRaisesTheUplink) {
  Traffic traffic(nullptr);
  traffic.on_sample({.uplink = Rate{10_Mbps}, .rtt = {}, .at = kStart});
  traffic.on_sample({.uplink = Rate{2_Mbps, false}, .rtt = {}, .at = kStart + seconds(1)});
  EXPECT_NEAR(traffic.read(kStart).uplink->value, 10e6, 1);
  EXPECT_EQ(traffic.read(kStart).last_uplink, kStart) << "it was no reading";
  traffic.on_sample({.uplink = Rate{20_Mbps, false}, .rtt = {}, .at = kStart + seconds(2)});
  EXPECT_NEAR(traffic.read(kStart).uplink->value, 20e6, 0.5e6);
}

TEST(Traffic, AStallFadesByHalfEverySecondUnlessItGrows) {
  Traffic traffic(nullptr);
  EXPECT_FALSE(traffic.read(kStart).stalled);
  const auto stall = [&](int at, int ms) {
    traffic.on_sample({.at = kStart + milliseconds(at), .stall = milliseconds(ms)});
  };
  stall(0, 800);
  EXPECT_EQ(traffic.read(kStart).stalled, milliseconds(800));
  EXPECT_EQ(traffic.read(kStart + seconds(1)).stalled, milliseconds(400));
  stall(1000, 300);
  EXPECT_EQ(traffic.read(kStart + seconds(2)).stalled, milliseconds(200)) << "a shorter one hides no longer one";
  stall(2000, 850);
  EXPECT_EQ(traffic.read(kStart + seconds(2)).stalled, milliseconds(850));
  EXPECT_FALSE(traffic.read(kStart + seconds(30)).stalled) << "it is forgotten";
}

TEST(Traffic, AStallThatIsOverIsFearedNoMoreThanTheEdgeAloneCosts) {
  Traffic traffic(table());  // The edge alone: 30 ms.
  traffic.on_sample({.at = kStart, .stall = seconds(3)});
  EXPECT_EQ(traffic.read(kStart).stalled, seconds(3));
  EXPECT_EQ(traffic.read(kStart + seconds(1)).stalled, milliseconds(15));
  traffic.on_head({kModel, 1, Codec::fp32}, milliseconds(40), kStart);
  EXPECT_EQ(traffic.read(kStart + seconds(1)).stalled, milliseconds(60)) << "a slow edge takes four times as long";
}

TEST(Traffic, SamplesThatMakeNoSenseAreIgnored) {
  Traffic traffic(table());
  traffic.on_sample({.uplink = Rate{BitsPerSecond{0}}, .rtt = Duration::zero(), .at = kStart});
  traffic.on_sample({.uplink = Rate{BitsPerSecond{-5}}, .rtt = milliseconds(-1), .at = kStart});
  traffic.on_head({kModel, 1, Codec::fp32}, Duration::zero(), kStart);
  const auto reading = traffic.read(kStart);
  EXPECT_FALSE(reading.uplink || reading.rtt || reading.edge_slowdown);
}

TEST(Traffic, ManyMayTellAndReadAtOnce) {
  Traffic traffic(table());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const auto at = kStart + milliseconds(i);
        traffic.on_sample({.uplink = Rate{10_Mbps}, .rtt = milliseconds(1 + i % 5), .at = at});
        traffic.on_head({kModel, 1, Codec::fp32}, milliseconds(10), at);
        traffic.on_tail({kModel, 1, Codec::fp32}, milliseconds(20), at);
        EXPECT_TRUE(traffic.read(at).uplink);
      }
    });
  for (auto& thread : threads) thread.join();
  const auto reading = traffic.read(kStart + seconds(1));
  EXPECT_NEAR(reading.uplink->value, 10e6, 1);
  EXPECT_NEAR(*reading.edge_slowdown, 1, 1e-6);
  EXPECT_NEAR(*reading.cloud_slowdown, 1, 1e-6);
  EXPECT_EQ(reading.rtt, milliseconds(1));
}

TEST(Traffic, TheCloudsQueueFadesWhenNobodyAsks) {
  Traffic traffic(nullptr);
  EXPECT_FALSE(traffic.read(kStart).cloud_queue);
  traffic.on_cloud_queue(milliseconds(80), kStart);
  EXPECT_EQ(traffic.read(kStart).cloud_queue, milliseconds(80));
  EXPECT_EQ(traffic.read(kStart + std::chrono::seconds(1)).cloud_queue, milliseconds(40));
  EXPECT_EQ(traffic.read(kStart + std::chrono::seconds(60)).cloud_queue, Duration::zero());
  traffic.on_cloud_queue(Duration::zero(), kStart + std::chrono::seconds(2));
  EXPECT_EQ(traffic.read(kStart + std::chrono::seconds(2)).cloud_queue, Duration::zero());
}

TEST(Traffic, AnUploadStandsStillForAsLongAsThatIsTold) {
  Traffic traffic(nullptr);
  EXPECT_FALSE(traffic.stands_still(kStart));
  traffic.on_sample({.at = kStart, .stall = milliseconds(300)});
  EXPECT_TRUE(traffic.stands_still(kStart + milliseconds(50)));
  EXPECT_FALSE(traffic.stands_still(kStart + seconds(1))) << "nobody has said so for a while";
  traffic.on_sample({.at = kStart + seconds(1), .stall = milliseconds(1300)});
  traffic.on_sample({.uplink = Rate{1_Mbps}, .rtt = {}, .at = kStart + seconds(1)});
  EXPECT_FALSE(traffic.stands_still(kStart + seconds(1))) << "it moves";
}

}  // namespace
}  // namespace tideline
