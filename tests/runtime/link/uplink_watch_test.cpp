#include "runtime/link/uplink_watch.h"

#include <gtest/gtest.h>

namespace tideline::link {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// An upload as looks see it, one every 50 ms.
class Upload {
 public:
  std::optional<plan::LinkSample> step(std::uint64_t acked, std::uint64_t outstanding = 100'000) {
    state_.at += milliseconds(50);
    state_.busy += milliseconds(50);
    if (!gap) state_.acked.count += acked;
    state_.delivered += static_cast<std::uint32_t>(acked / 1000);
    state_.gap = gap;
    state_.outstanding.count = outstanding;
    state_.rtt = rtt;
    return watch_.look(state_);
  }
  Duration rtt = milliseconds(1);
  bool gap = false;

 private:
  UplinkWatch watch_;
  wire::TcpState state_{.at = TimePoint{} + seconds(1)};
};

TEST(UplinkWatch, ALongUploadTellsItsRateBeforeItsEnd) {
  Upload upload;
  std::optional<plan::LinkSample> sample;
  for (int i = 0; i < 10 && !sample; ++i) sample = upload.step(62'500);
  ASSERT_TRUE(sample && sample->uplink);
  EXPECT_NEAR(sample->uplink->value.value, 10e6, 1);
  EXPECT_FALSE(sample->stall);
}

TEST(UplinkWatch, TheTimeBeforeTheFirstAcknowledgementIsNotPartOfTheRate) {
  Upload upload;
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(upload.step(0));
  std::optional<plan::LinkSample> sample;
  for (int i = 0; i < 10 && !sample; ++i) sample = upload.step(62'500);
  ASSERT_TRUE(sample && sample->uplink);
  EXPECT_NEAR(sample->uplink->value.value, 10e6, 1);
}

TEST(UplinkWatch, AStallIsToldWhileItLastsAndGrows) {
  Upload upload;
  for (int i = 0; i < 3; ++i) upload.step(62'500);
  std::optional<plan::LinkSample> sample;
  int looks = 0;
  for (; looks < 20 && !sample; ++looks) sample = upload.step(0);
  ASSERT_TRUE(sample && sample->stall);
  EXPECT_EQ(*sample->stall, looks * milliseconds(50));
  EXPECT_GT(*sample->stall, UplinkWatch::kPatience);
  EXPECT_EQ(*upload.step(0)->stall, (looks + 1) * milliseconds(50));
}

TEST(UplinkWatch, APauseThatIsNoStallYetDoesNotLowerTheRate) {
  Upload upload;
  for (int i = 0; i < 3; ++i) upload.step(62'500);
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(upload.step(0));
  std::optional<plan::LinkSample> sample;
  for (int i = 0; i < 10 && !sample; ++i) sample = upload.step(62'500);
  ASSERT_TRUE(sample && sample->uplink);
  EXPECT_NEAR(sample->uplink->value.value, 10e6, 1);
}

TEST(UplinkWatch, AfterAStallTheRateIsThatOfTheTimeSince) {
  Upload upload;
  for (int i = 0; i < 3; ++i) upload.step(62'500);
  for (int i = 0; i < 20; ++i) upload.step(0);
  std::optional<plan::LinkSample> sample;
  for (int i = 0; i < 10 && !sample; ++i) sample = upload.step(62'500);
  ASSERT_TRUE(sample && sample->uplink);
  EXPECT_FALSE(sample->stall);
  EXPECT_NEAR(sample->uplink->value.value, 10e6, 1);
}

TEST(UplinkWatch, AWayWithALongRoundTripIsGivenTwoOfThem) {
  Upload upload;
  upload.rtt = milliseconds(400);
  upload.step(1000);
  for (int i = 0; i < 15; ++i) EXPECT_FALSE(upload.step(0)) << i;
  upload.step(0);
  EXPECT_TRUE(upload.step(0));
}

TEST(UplinkWatch, WhatArrivesBehindALossIsNoStallAndTellsNoRateUntilTheGapIsFilled) {
  Upload upload;
  for (int i = 0; i < 3; ++i) upload.step(62'000);
  upload.gap = true;
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(upload.step(62'000)) << i;
  upload.gap = false;
  EXPECT_FALSE(upload.step(20 * 62'000)) << "the acknowledgement of all that came meanwhile";
  std::optional<plan::LinkSample> sample;
  for (int i = 0; i < 10 && !sample; ++i) sample = upload.step(62'000);
  ASSERT_TRUE(sample && sample->uplink);
  EXPECT_NEAR(sample->uplink->value.value, 62'000 * 8 / 0.05, 1);
}

TEST(UplinkWatch, WithNothingOutstandingNothingStandsStill) {
  Upload upload;
  upload.step(1000);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(upload.step(0, 0));
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(upload.step(0)) << "the next upload has a clock of its own";
}

}  // namespace
}  // namespace tideline::link
