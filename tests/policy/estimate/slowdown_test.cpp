#include "policy/estimate/slowdown.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <tuple>

namespace tideline::estimate {
namespace {

TimePoint second(double s) {
  return TimePoint() + from_seconds(s);
}

constexpr Duration kTable = std::chrono::milliseconds(50);

constexpr Slowdown::Prior kAny{.common = 1, .own = 0.09};  // Nearly all is believed of the first reading.

Duration slowed(double factor) {
  return from_seconds(seconds(kTable) * factor);
}

TEST(Slowdown, HasNoValueBeforeItsFirstReading) {
  EXPECT_FALSE(Slowdown(kAny).value());
  EXPECT_TRUE(Slowdown(kAny).residuals().empty());
}

TEST(Slowdown, TheFirstReadingCountsAsFarAsTheMachineMayBeFromItsTable) {
  for (const auto& [variance, least, most] : {std::tuple{1.0, 2.95, 3.0}, std::tuple{0.09, 2.3, 2.6}}) {
    Slowdown filter({.common = variance, .own = 0.09});
    filter.update(3, slowed(3), kTable, second(0));
    EXPECT_GT(*filter.value(), least) << variance;
    EXPECT_LT(*filter.value(), most) << variance;
    EXPECT_EQ(filter.residuals()[3], 1) << "what one cut has of its own shows beside others only";
  }
}

TEST(Slowdown, AColdFirstReadingIsForgottenForAllCutsWhereCutsAreAlike) {
  Slowdown filter({.common = 0.09, .own = 0.01});
  for (int i = 0; i < 12; ++i) filter.update(3, slowed(i == 0 ? 5 : 1), kTable, second(0.2 * i));
  EXPECT_NEAR(*filter.value(), 1, 0.15);
}

TEST(Slowdown, SeesAStepWithinTwoRequests) {
  Slowdown filter(kAny);
  for (int i = 0; i < 20; ++i) filter.update(3, slowed(1), kTable, second(0.2 * i));
  for (int i = 20; i < 22; ++i) filter.update(3, slowed(2), kTable, second(0.2 * i));
  EXPECT_NEAR(*filter.value() * filter.residuals()[3], 2, 0.15);
}

TEST(Slowdown, TellsWhatACutHasOfItsOwnFromWhatAllHave) {
  Slowdown filter(kAny);
  for (int i = 0; i < 400; ++i) filter.update(i % 2 ? 3 : 5, slowed(i % 2 ? 1.5 : 1.5 * 1.1), kTable, second(0.2 * i));
  EXPECT_NEAR(filter.residuals()[5] / filter.residuals()[3], 1.1, 0.02);
}

TEST(Slowdown, DoesNotDriftUnderAConstantLoad) {
  Slowdown filter(kAny);
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 0.05);
  for (int i = 0; i < 100'000; ++i)
    filter.update(static_cast<std::uint32_t>(random() % 8), slowed(2 * std::exp(noise(random))), kTable,
                  second(0.2 * i));
  EXPECT_NEAR(*filter.value(), 2, 0.4);
  for (const double residual : filter.residuals()) EXPECT_NEAR(residual, 1, 0.2);
}

TEST(Slowdown, OneWildReadingSaysLittle) {
  Slowdown filter(kAny);
  for (int i = 0; i < 40; ++i) filter.update(3, slowed(i == 39 ? 9 : 1), kTable, second(0.2 * i));
  EXPECT_LT(*filter.value() * filter.residuals()[3], 1.8);
  filter.update(3, slowed(1), kTable, second(8));
  EXPECT_NEAR(*filter.value() * filter.residuals()[3], 1, 0.25);
}

TEST(Slowdown, ALoadThatFallsOnOneCutIsBelievedOfThatOneForAWhile) {
  Slowdown filter(kAny);
  const auto take_turns = [&](int from, double load) {
    for (int i = from; i < from + 40; ++i)
      filter.update(i % 2 ? 3 : 5, slowed(i % 2 ? 1 : load), kTable, second(0.2 * i));
  };
  take_turns(0, 1);
  take_turns(40, 4);
  for (int i = 80; i < 90; ++i) filter.update(3, slowed(1), kTable, second(0.2 * i));
  EXPECT_NEAR(*filter.value() * filter.residuals()[3], 1, 0.2);
  EXPECT_GT(*filter.value() * filter.residuals()[5], 2.5);
  for (int i = 90; i < 390; ++i) filter.update(3, slowed(1), kTable, second(0.2 * i));
  EXPECT_LT(*filter.value() * filter.residuals()[5], 1.2) << "a minute later";
}

// As under a quota, in whose slices a head waits now and then.
TEST(Slowdown, HeadsThatScatterMoveItLessThanHeadsThatAgree) {
  Slowdown calm(kAny), wild(kAny);
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 0.4);
  double furthest = 0;
  for (int i = 0; i < 400; ++i) {
    wild.update(3, slowed(std::exp(noise(random))), kTable, second(0.2 * i));
    calm.update(3, slowed(1), kTable, second(0.2 * i));
    if (i > 50) furthest = std::max(furthest, std::abs(std::log(*wild.value())));
  }
  EXPECT_LT(furthest, 0.4) << "the common factor stays within one standard deviation of a reading";
  EXPECT_GT(*calm.at_least(3, 4 * kTable, kTable), 2.5) << "four times as slow, but for what such heads vary by";
  EXPECT_LT(*wild.at_least(3, 4 * kTable, kTable), 2);
}

TEST(Slowdown, AHeadShorterThanASliceSaysLittleOfOthers) {
  constexpr Duration kShort = std::chrono::milliseconds(1);
  Slowdown filter(kAny);
  for (int i = 0; i < 20; ++i) filter.update(5, slowed(1), kTable, second(0.2 * i));
  for (int i = 20; i < 26; ++i) filter.update(1, std::chrono::milliseconds(30), kShort, second(0.2 * i));
  EXPECT_LT(*filter.value(), 1.2) << "it waited for its turn";
  EXPECT_FALSE(filter.at_least(1, std::chrono::milliseconds(30), kShort));
}

TEST(Slowdown, IgnoresWhatIsTooShortToTell) {
  Slowdown filter(kAny);
  filter.update(1, kTable, std::chrono::microseconds(100), second(0));
  filter.update(1, Duration{}, kTable, second(0));
  filter.update(1, -kTable, kTable, second(0));
  EXPECT_FALSE(filter.value());
}

}  // namespace
}  // namespace tideline::estimate
