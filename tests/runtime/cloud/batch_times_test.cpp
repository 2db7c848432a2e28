#include "runtime/cloud/batch_times.h"

#include <gtest/gtest.h>

namespace tideline::cloud {
namespace {

using std::chrono::milliseconds;

// Runs as `waiting` always wait, for so many runs; returns what was chosen last. `cost` is milliseconds by size.
template <typename Cost>
std::size_t settle(BatchTimes& pace, std::size_t waiting, Cost cost, int runs = 60) {
  std::size_t chosen = 0;
  for (int i = 0; i < runs; ++i) {
    chosen = pace.choose(waiting);
    pace.on_run(chosen, from_milliseconds(cost(static_cast<double>(chosen))));
  }
  return chosen;
}

TEST(BatchTimes, BeforeAnythingIsKnownOneRunsAlone) {
  EXPECT_EQ(BatchTimes().choose(64), 1U);
  EXPECT_FALSE(BatchTimes().time(1));
}

TEST(BatchTimes, WhereWeightsAreWhatTakesTimeAsManyRunTogetherAsWait) {
  BatchTimes pace;
  const auto cost = [](double together) { return 20 + 0.5 * together; };
  EXPECT_EQ(settle(pace, 64, cost), 64U);
  EXPECT_EQ(pace.choose(63), 32U);
  EXPECT_EQ(pace.choose(3), 2U);
  EXPECT_EQ(pace.choose(1), 1U);
}

TEST(BatchTimes, WhereNothingIsSavedEachRunsAlone) {
  BatchTimes pace;
  const auto cost = [](double together) { return 5 * together; };
  EXPECT_EQ(settle(pace, 64, cost), 1U);
}

TEST(BatchTimes, TheSizeWithTheLeastTimeEachIsTakenAndNotTheLargest) {
  BatchTimes pace;
  const auto cost = [](double together) { return together <= 8 ? 20 + together : 20 * together; };
  EXPECT_EQ(settle(pace, 64, cost), 8U);
}

TEST(BatchTimes, ASizeThatDoesNotPayIsPassedOver) {
  BatchTimes pace;
  const auto cost = [](double together) { return together == 2 ? 60 : 20 + together; };
  EXPECT_EQ(settle(pace, 16, cost), 16U);
  EXPECT_EQ(pace.choose(3), 1U);
}

TEST(BatchTimes, TheFirstRunOfASizeIsNotCounted) {
  BatchTimes pace;
  pace.on_run(1, milliseconds(900));
  EXPECT_FALSE(pace.time(1));
  pace.on_run(1, milliseconds(10));
  ASSERT_TRUE(pace.time(1));
  EXPECT_NEAR(seconds(*pace.time(1)) * 1000, 10, 1e-6);
}

TEST(BatchTimes, ASizeThatWasMeasuredInABadMomentGetsAnotherChance) {
  BatchTimes pace;
  const auto bad = [](double together) { return together > 1 ? 1000 : 20.; };
  EXPECT_EQ(settle(pace, 8, bad), 1U);
  const auto good = [](double together) { return 20 + together; };
  EXPECT_GT(settle(pace, 8, good, 4000), 1U);
}

}  // namespace
}  // namespace tideline::cloud
