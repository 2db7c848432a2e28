#include "policy/estimate/block.h"

#include <gtest/gtest.h>

namespace tideline::estimate {
namespace {

constexpr Block::Design kMinute{.span = std::chrono::minutes(1), .fewest = 3, .quantile = 0.5};

TimePoint at_second(double s) {
  return TimePoint() + from_seconds(s);
}

TEST(Block, GivesOneMedianForEachMinute) {
  Block block(kMinute);
  for (int i = 0; i < 60; ++i) EXPECT_FALSE(block.add(i, at_second(i)));
  EXPECT_EQ(block.add(1000, at_second(60)), 29);
  for (int i = 61; i < 120; ++i) EXPECT_FALSE(block.add(7, at_second(i)));
  EXPECT_EQ(block.add(1, at_second(120)), 7);
}

TEST(Block, LastsUntilItHasEnoughReadings) {
  Block block(kMinute);
  EXPECT_FALSE(block.add(1, at_second(0)));
  EXPECT_FALSE(block.add(9, at_second(1000)));
  EXPECT_FALSE(block.add(2, at_second(2000)));
  EXPECT_EQ(block.add(5, at_second(3000)), 2);
}

TEST(Block, GivesTheQuantileThatItIsAskedFor) {
  Block block({.span = std::chrono::seconds(1), .fewest = 1, .quantile = 0.1});
  for (int i = 20; i >= 0; --i) EXPECT_FALSE(block.add(i, at_second(0)));
  EXPECT_EQ(block.add(0, at_second(1)), 2);
}

TEST(Block, KeepsNoMoreReadingsThanItNeeds) {
  Block block(kMinute);
  for (int i = 0; i < 10'000; ++i) EXPECT_FALSE(block.add(i < 512 ? 1 : 2, at_second(0)));
  EXPECT_EQ(block.add(3, at_second(60)), 1);
}

}  // namespace
}  // namespace tideline::estimate
