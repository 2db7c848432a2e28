#include "runtime/wire/arrival.h"

#include <gtest/gtest.h>

namespace tideline::wire {
namespace {

using std::chrono::milliseconds;

const TimePoint kStart = TimePoint{} + std::chrono::hours(1);

TEST(ArrivalMeter, WhatComesInOneReadCountsNothing) {
  ArrivalMeter meter(8_KiB, kStart);
  meter.add(8_KiB, kStart + milliseconds(3));
  EXPECT_EQ(meter.arrival().counted.count, 0U);
  EXPECT_EQ(meter.arrival().receiving, Duration{});
  EXPECT_EQ(meter.arrival().last, kStart + milliseconds(3));
}

TEST(ArrivalMeter, AnEmptyPayloadCameWhenItWasAskedFor) {
  const ArrivalMeter meter({}, kStart);
  EXPECT_EQ(meter.arrival().last, kStart);
}

TEST(ArrivalMeter, OnlyTheLaterHalfOfASmallPayloadCounts) {
  ArrivalMeter meter(8_KiB, kStart);
  for (int i = 1; i <= 8; ++i) meter.add(1_KiB, kStart + milliseconds(i));
  EXPECT_EQ(meter.arrival().counted, 4_KiB);
  EXPECT_EQ(meter.arrival().receiving, milliseconds(4));
}

TEST(ArrivalMeter, OfALargePayloadOnlyTheFirst64KiBDoNotCount) {
  ArrivalMeter meter(1_MiB, kStart);
  for (int i = 1; i <= 16; ++i) meter.add(64_KiB, kStart + milliseconds(i));
  EXPECT_EQ(meter.arrival().counted, Bytes{(1_MiB).count - (64_KiB).count});
  EXPECT_EQ(meter.arrival().receiving, milliseconds(15));
}

TEST(ArrivalMeter, WhatHadComeWhenItBeganToCountDoesNotCountWhenItIsRead) {
  ArrivalMeter meter(8_KiB, kStart);
  meter.add(4_KiB, kStart + milliseconds(1), 3_KiB);
  meter.add(2_KiB, kStart + milliseconds(2));
  meter.add(2_KiB, kStart + milliseconds(4));
  EXPECT_EQ(meter.arrival().counted, 1_KiB);
  EXPECT_EQ(meter.arrival().receiving, milliseconds(3));
}

TEST(ArrivalMeter, TheReadThatReachesTheLaterHalfDoesNotCountForItMayHaveWaitedHere) {
  ArrivalMeter meter(8_KiB, kStart);
  meter.add(6_KiB, kStart + milliseconds(1));
  meter.add(2_KiB, kStart + milliseconds(2));
  EXPECT_EQ(meter.arrival().counted, 2_KiB);
  EXPECT_EQ(meter.arrival().receiving, milliseconds(1));
}

TEST(ArrivalMeter, LongGapsAreAddedUpWithWhatEndedThem) {
  ArrivalMeter meter(8_KiB, kStart);
  meter.add(4_KiB, kStart);
  meter.add(1_KiB, kStart + milliseconds(300));
  meter.add(1_KiB, kStart + milliseconds(310));
  meter.add({512}, kStart + milliseconds(410));
  meter.add({1536}, kStart + milliseconds(415));
  EXPECT_EQ(meter.arrival().silence, milliseconds(400));
  EXPECT_EQ(meter.arrival().after_silence.count, 1024U + 512U);
  EXPECT_EQ(meter.arrival().receiving, milliseconds(415));
}

TEST(ArrivalMeter, ASilenceBeforeItCountsIsNoneOfIts) {
  ArrivalMeter meter(8_KiB, kStart);
  meter.add(1_KiB, kStart + milliseconds(300));
  meter.add(4_KiB, kStart + milliseconds(600));
  meter.add(3_KiB, kStart + milliseconds(610));
  EXPECT_EQ(meter.arrival().silence, Duration{});
}

}  // namespace
}  // namespace tideline::wire
