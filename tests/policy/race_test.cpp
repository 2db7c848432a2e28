#include "policy/race.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tideline {
namespace {

using namespace std::chrono_literals;

TEST(LateAfter, IsWhenLatenessIsEvidentOrTheTailsOwnTimeIsOver) {
  EXPECT_EQ(late_after(100ms, 1s), 130ms);
  EXPECT_EQ(late_after(20ms, 1s), 40ms);
  EXPECT_EQ(late_after(100ms, 50ms), 50ms);
}

TEST(LateAfter, IsNeverBeforeAQuarterOfWhatWasExpectedAndTenMilliseconds) {
  EXPECT_EQ(late_after(100ms, 0ms), 35ms);
  EXPECT_EQ(late_after(0ms, 0ms), 10ms);
}

// With a tail that takes no less than that floor: the ski-rental bound.
TEST(LateAfter, KeepsAnyRequestWithinTwiceTheBetterOfBothWays) {
  for (Duration expected = 0ms; expected < 400ms; expected += 7ms)
    for (Duration local = expected / 4 + 10ms; local < 900ms; local += 13ms)
      for (Duration remote = 1ms; remote < 5s; remote += 97ms) {
        const Duration took = std::min(remote, late_after(expected, local) + local);
        EXPECT_LE(took, 2 * std::min(remote, local));
      }
}

TEST(Race, WhatIsReadyToBeSentStaysForAGainWorthIt) {
  EXPECT_TRUE(better_here(104ms, 100ms));
  EXPECT_FALSE(better_here(103ms, 100ms));
  EXPECT_FALSE(better_here(0ms, 0ms));
}

TEST(RaceBudget, BoundsTheRacesByAShareOfTheRequests) {
  RaceBudget budget(0.1, 3);
  int begun = 0;
  for (int request = 0; request < 1000; ++request) {
    budget.earn();
    begun += budget.take() ? 1 : 0;
  }
  EXPECT_GE(begun, 100);
  EXPECT_LE(begun, 104);
}

TEST(RaceBudget, KeepsNoMoreThanItsMost) {
  RaceBudget budget(0.5, 2);
  for (int request = 0; request < 100; ++request) budget.earn();
  EXPECT_TRUE(budget.take());
  EXPECT_TRUE(budget.take());
  EXPECT_FALSE(budget.take());
}

}  // namespace
}  // namespace tideline
