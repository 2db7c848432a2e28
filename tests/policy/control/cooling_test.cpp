#include "policy/control/cooling.h"

#include <gtest/gtest.h>

namespace tideline::control {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Runs so often, of 10 ms each, on a machine where a run after a rest longer than `cold` takes 30 ms.
void run(Cooling& cooling, Duration cold, int times, Duration warm = milliseconds(10)) {
  for (int i = 0; i < times; ++i) {
    const Duration rested = cooling.rest() > cold ? 3 * warm : warm + warm / 10;
    cooling.learn(rested, cooling.wants_another() ? std::optional(warm) : std::nullopt);
  }
}

TEST(Cooling, FindsTheRestAfterWhichARunIsSlow) {
  for (const Duration cold : {Duration(milliseconds(700)), Duration(seconds(10)), Duration(minutes(2))}) {
    Cooling cooling;
    run(cooling, cold, 40);
    for (int i = 0; i < 20; ++i) {
      run(cooling, cold, 1);
      EXPECT_GE(cooling.rest(), cold / 2);
      EXPECT_LE(cooling.rest(), cold + cold / 4);
    }
  }
}

TEST(Cooling, KeepsToItsShortestAndLongestRest) {
  Cooling soon, never;
  run(soon, {}, 50);
  run(never, std::chrono::hours(1), 50);
  EXPECT_EQ(soon.rest(), milliseconds(250));
  EXPECT_EQ(never.rest(), minutes(5));
}

TEST(Cooling, AMachineThatIsSlowerForAllRunsHasNotCooled) {
  Cooling cooling;
  run(cooling, std::chrono::hours(1), 50);
  run(cooling, std::chrono::hours(1), 4, milliseconds(20));
  EXPECT_GE(cooling.rest(), seconds(15));
  run(cooling, std::chrono::hours(1), 20, milliseconds(20));
  EXPECT_EQ(cooling.rest(), minutes(5));
}

TEST(Cooling, OneDisturbedComparisonDoesNotHideThatItCools) {
  Cooling cooling;
  run(cooling, milliseconds(700), 40);
  while (!cooling.wants_another()) run(cooling, milliseconds(700), 1);
  cooling.learn(milliseconds(10), seconds(1));
  run(cooling, milliseconds(700), 7);
  EXPECT_LE(cooling.rest(), milliseconds(900));
}

TEST(Cooling, WithoutAComparisonItLearnsNothing) {
  Cooling cooling;
  EXPECT_TRUE(cooling.wants_another());
  cooling.learn(seconds(1), std::nullopt);
  EXPECT_EQ(cooling.rest(), seconds(2));
  EXPECT_TRUE(cooling.wants_another());
}

}  // namespace
}  // namespace tideline::control
