#include "runtime/link/rests.h"

#include <gtest/gtest.h>

namespace tideline::link {
namespace {

const TimePoint kNoon{std::chrono::hours(12)};

TimePoint noon_and(int seconds) {
  return kNoon + std::chrono::seconds(seconds);
}

TEST(Rests, AtFirstNothingRests) {
  EXPECT_LE(Rests().until(1), kNoon);
  EXPECT_LE(Rests().until(~0U), kNoon);
}

TEST(Rests, ARestConcernsItsPriorityAndLowerOnesOnly) {
  Rests rests;
  rests.add(10, noon_and(5), kNoon);
  EXPECT_LE(rests.until(9), kNoon);
  EXPECT_EQ(rests.until(10), noon_and(5));
  EXPECT_EQ(rests.until(11), noon_and(5));
}

TEST(Rests, OfSeveralTheLatestCounts) {
  Rests rests;
  rests.add(10, noon_and(5), kNoon);
  rests.add(20, noon_and(9), kNoon);
  rests.add(20, noon_and(7), kNoon);
  rests.add(10, noon_and(3), kNoon);
  EXPECT_EQ(rests.until(10), noon_and(5));
  EXPECT_EQ(rests.until(20), noon_and(9));
  rests.add(1, noon_and(7), kNoon);
  EXPECT_EQ(rests.until(1), noon_and(7));
  EXPECT_EQ(rests.until(10), noon_and(7));
  EXPECT_EQ(rests.until(20), noon_and(9));
}

TEST(Rests, ARestThatIsOverMakesRoomForTheNext) {
  Rests rests;
  rests.add(10, noon_and(5), kNoon);
  rests.add(20, noon_and(8), noon_and(6));
  EXPECT_LE(rests.until(10), noon_and(6));
  EXPECT_EQ(rests.until(20), noon_and(8));
}

}  // namespace
}  // namespace tideline::link
