#include "policy/predict/slow_start.h"

#include <gtest/gtest.h>

namespace tideline::predict {
namespace {

using std::chrono::milliseconds;

constexpr Bytes kInitial{14'600};  // Ten packets.

TEST(SlowStart, WhatFitsTheWindowLosesNoRound) {
  EXPECT_EQ(extra_rounds({}, kInitial), 0);
  EXPECT_EQ(extra_rounds({1}, kInitial), 0);
  EXPECT_EQ(extra_rounds(kInitial, kInitial), 0);
  EXPECT_EQ(extra_rounds({14'601}, kInitial), 1);
}

TEST(SlowStart, TheWindowDoublesEveryRound) {
  // Rounds of 1, 2, 4 and 8 windows carry 1, 3, 7 and 15 of them.
  EXPECT_EQ(extra_rounds({3 * 14'600}, kInitial), 1);
  EXPECT_EQ(extra_rounds({7 * 14'600}, kInitial), 2);
  EXPECT_EQ(extra_rounds({7 * 14'600 + 1}, kInitial), 3);
  EXPECT_EQ(extra_rounds({150'000}, kInitial), 3);
}

TEST(SlowStart, EachRoundCostsARoundTrip) {
  EXPECT_EQ(slow_start_time({150'000}, {1000_Mbps, milliseconds(30), kInitial}), milliseconds(90));
}

TEST(SlowStart, AWayThatIsFullLosesNothingMore) {
  EXPECT_EQ(slow_start_time({150'000}, {2_Mbps, milliseconds(30), kInitial}), Duration{}) << "7,500 bytes fill it";
  EXPECT_EQ(slow_start_time(64_MiB, {10_Mbps, milliseconds(30), kInitial}), milliseconds(30)) << "37,500 bytes do";
  EXPECT_EQ(slow_start_time({150'000}, {1000_Mbps, milliseconds(30), 1_MiB}), Duration{}) << "a window that is open";
}

TEST(SlowStart, AnUnknownWindowCostsNothing) {
  EXPECT_EQ(slow_start_time({150'000}, {1000_Mbps, milliseconds(30), {}}), Duration{});
}

}  // namespace
}  // namespace tideline::predict
