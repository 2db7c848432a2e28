#include "runtime/link/uplink_estimate.h"

#include <gtest/gtest.h>

namespace tideline::link {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// 125 kB in 100 ms: 10 Mbit/s.
wire::Stamps steady() {
  return {.counted = {125'000}, .receiving = milliseconds(100)};
}

TEST(UplinkRate, TheRateIsTheCountedBytesOverTheirTime) {
  const UplinkEstimate told = estimate_uplink(steady());
  ASSERT_TRUE(told.rate);
  EXPECT_NEAR(told.rate->value.value, 10e6, 1);
  EXPECT_TRUE(told.rate->exact);
  EXPECT_EQ(told.stall, Duration{});
}

TEST(UplinkRate, AnOutageInMidUploadIsAStallAndDoesNotLowerTheRate) {
  wire::Stamps stamps = steady();
  stamps.receiving += milliseconds(300);
  stamps.silence = milliseconds(300);
  stamps.after_silence = {1448};
  const UplinkEstimate told = estimate_uplink(stamps);
  ASSERT_TRUE(told.rate);
  EXPECT_FALSE(told.rate->exact);
  EXPECT_NEAR(told.rate->value.value, 2.5e6, 1);
  EXPECT_GT(told.stall, milliseconds(295));
  EXPECT_LE(told.stall, milliseconds(300));
}

TEST(UplinkRate, WhatPiledUpBehindAnOutageDoesNotRaiseTheRate) {
  wire::Stamps stamps = steady();
  stamps.receiving += milliseconds(300);
  stamps.counted.count += 200'000;
  stamps.silence = milliseconds(300);
  stamps.after_silence = {200'000};
  EXPECT_FALSE(estimate_uplink(stamps).rate->exact);
  EXPECT_LT(estimate_uplink(stamps).rate->value.value, 10e6);
}

TEST(UplinkRate, ASlowWayIsNoStall) {
  // 48 kbit/s: a packet takes 241 ms, and all of it is silence.
  const wire::Stamps stamps{
      .counted = {28'960}, .receiving = milliseconds(4827), .silence = milliseconds(4827), .after_silence = {28'960}};
  const UplinkEstimate told = estimate_uplink(stamps);
  ASSERT_TRUE(told.rate);
  EXPECT_NEAR(told.rate->value.value, 48e3, 100);
  EXPECT_EQ(told.stall, Duration{});
}

TEST(UplinkRate, SilenceThatTheRateOfTheRestExplainsIsNoStall) {
  // A cloud that was busy elsewhere for 60 ms finds what came meanwhile: 75 kB at 10 Mbit/s.
  wire::Stamps stamps = steady();
  stamps.silence = milliseconds(60);
  stamps.after_silence = {75'000};
  const UplinkEstimate told = estimate_uplink(stamps);
  EXPECT_NEAR(told.rate->value.value, 10e6, 1);
  EXPECT_EQ(told.stall, Duration{});
}

TEST(UplinkRate, WhatWasThereTooSoonIsALowerBound) {
  const wire::Stamps burst{.counted = {16'384}, .receiving = std::chrono::microseconds(40)};
  const UplinkEstimate told = estimate_uplink(burst);
  ASSERT_TRUE(told.rate);
  EXPECT_FALSE(told.rate->exact);
  EXPECT_NEAR(told.rate->value.value, 16'384 * 8 / 0.005, 1);
}

TEST(UplinkRate, TooLittleTellsNothing) {
  EXPECT_FALSE(estimate_uplink({}).rate);
  EXPECT_FALSE(estimate_uplink({.counted = {1448}, .receiving = seconds(1)}).rate);
  EXPECT_FALSE(estimate_uplink({.counted = 64_KiB}).rate);
}

TEST(UplinkRate, StampsThatContradictThemselvesTellNothing) {
  wire::Stamps longer = steady();
  longer.silence = seconds(1);
  EXPECT_FALSE(estimate_uplink(longer).rate);
  wire::Stamps more = steady();
  more.after_silence = 1_MiB;
  EXPECT_FALSE(estimate_uplink(more).rate);
}

// Half a second in which 625 kB were acknowledged: 10 Mbit/s.
std::pair<wire::TcpState, wire::TcpState> looks() {
  wire::TcpState before, after;
  before.at = TimePoint{} + seconds(100);
  before.acked = {1'000'000};
  before.busy = seconds(7);
  after.at = before.at + milliseconds(500);
  after.acked = {1'625'000};
  after.busy = before.busy + milliseconds(500);
  return {before, after};
}

TEST(UplinkRate, WhatWasAcknowledgedBetweenTwoLooksIsARate) {
  const auto [before, after] = looks();
  const std::optional<plan::Rate> rate = rate_between(before, after);
  ASSERT_TRUE(rate);
  EXPECT_NEAR(rate->value.value, 10e6, 1);
  EXPECT_TRUE(rate->exact);
}

TEST(UplinkRate, WhatHeldTheSenderMakesItALowerBound) {
  auto held = looks().second;
  held.held_by_peer = milliseconds(150);
  auto small = looks().second;
  small.held_by_buffer = milliseconds(150);
  auto idle = looks().second;
  idle.busy -= milliseconds(150);
  auto starved = looks().second;
  starved.starved = true;
  for (const wire::TcpState& after : {held, small, idle, starved}) {
    const std::optional<plan::Rate> rate = rate_between(looks().first, after);
    ASSERT_TRUE(rate);
    EXPECT_FALSE(rate->exact);
    EXPECT_NEAR(rate->value.value, 10e6, 1) << "over all of the time, so that it never says too much";
  }
}

TEST(UplinkRate, TwoLooksTooNearOrWithoutProgressTellNothing) {
  auto [before, after] = looks();
  after.at = before.at + milliseconds(50);
  EXPECT_FALSE(rate_between(before, after));
  after = looks().second;
  after.acked = before.acked;
  EXPECT_FALSE(rate_between(before, after));
}

}  // namespace
}  // namespace tideline::link
