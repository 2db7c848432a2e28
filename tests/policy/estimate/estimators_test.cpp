#include "policy/estimate/estimators.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace tideline::estimate {
namespace {

TimePoint at(double s) {
  return TimePoint() + from_seconds(s);
}

TEST(LogKalman, HasNoValueBeforeItsFirstReading) {
  const LogKalman filter;
  EXPECT_FALSE(filter.value());
  EXPECT_FALSE(filter.last());
}

TEST(LogKalman, BelievesItsFirstReading) {
  LogKalman filter;
  filter.update(25, at(1));
  EXPECT_NEAR(filter.value().value(), 25, 1e-9);
  EXPECT_EQ(filter.last(), at(1));
}

TEST(LogKalman, FollowsTheHandComputedUpdate) {
  // q = 1, r = 0.02. After the first reading x = ln 10, P = r = 0.02. One second later P = 1.02, G = 1.02 / 1.04 =
  // 0.980769, and a reading of 20 moves x by G * ln 2 = 0.679817: 10 * e^0.679817 = 19.7352.
  LogKalman filter;
  filter.update(10, at(0));
  filter.update(20, at(1));
  EXPECT_NEAR(filter.value().value(), 19.7352, 0.001);
  // P = 1.02 * (1 - 0.980769) = 0.0196154. Another second: P = 1.0196154, G = 0.980762, the reading 10 lies -0.679817
  // away: x moves by -0.666739, to 19.7352 * e^-0.666739 = 10.1317.
  filter.update(10, at(2));
  EXPECT_NEAR(filter.value().value(), 10.1317, 0.001);
}

TEST(LogKalman, OneWildReadingMovesItByAtMostAFactorESquared) {
  for (const double wild : {1e-9, 1e9}) {
    LogKalman filter;
    filter.update(10, at(0));
    filter.update(wild, at(100));
    EXPECT_LE(filter.value().value(), 10 * std::exp(2.0) * (1 + 1e-9));
    EXPECT_GE(filter.value().value(), 10 / std::exp(2.0) * (1 - 1e-9));
  }
}

TEST(LogKalman, ASecondWildReadingOnTheSameSideIsAStep) {
  LogKalman filter({.walk = 1, .reading = 0});
  filter.update(1000, at(0));
  filter.update(1, at(1));
  filter.update(1e6, at(2));
  EXPECT_NEAR(filter.value().value(), 1000, 1e-6) << "as wild, but on the other side";
  filter.update(1e6, at(3));
  EXPECT_NEAR(filter.value().value(), 1e6, 1) << "once more: believed";
}

TEST(LogKalman, IgnoresReadingsThatAreNotPositiveAndFinite) {
  LogKalman filter;
  filter.update(7, at(0));
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity()})
    filter.update(bad, at(1));
  EXPECT_NEAR(filter.value().value(), 7, 1e-9);
  EXPECT_EQ(filter.last(), at(0));
}

TEST(LogKalman, AReadingFromThePastCountsAsSimultaneous) {
  LogKalman filter;
  filter.update(10, at(5));
  filter.update(20, at(1));
  // dt = 0: P = 0.02, G = 0.5: the geometric middle of the two.
  EXPECT_NEAR(filter.value().value(), std::sqrt(200.0), 1e-6);
  EXPECT_EQ(filter.last(), at(5));
}

TEST(LogKalman, WithoutAnyNoiseItStaysFinite) {
  LogKalman filter({.walk = 0, .reading = 0});
  filter.update(10, at(0));
  filter.update(20, at(1));
  EXPECT_TRUE(std::isfinite(filter.value().value()));
}

TEST(LogKalman, SettlesOnAConstantUnderNoise) {
  LogKalman filter({.walk = 0.0001, .reading = 0.02});
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 0.14);
  for (int i = 0; i < 2000; ++i) filter.update(25 * std::exp(noise(random)), at(i * 0.2));
  EXPECT_NEAR(std::log(filter.value().value()), std::log(25), 0.15);
}

TEST(LogKalman, ALowerBoundNeverLowersTheEstimateWhateverCameBefore) {
  std::mt19937_64 random(2);
  std::lognormal_distribution<double> rate(3, 2);
  std::uniform_real_distribution<double> pause(0, 3);
  LogKalman filter;
  double now = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::optional<double> before = filter.value();
    now += pause(random);
    const double reading = rate(random);
    if (random() % 3 == 0) {
      filter.update(reading, at(now));
      continue;
    }
    filter.update_at_least(reading, at(now));
    ASSERT_GE(filter.value().value(), before.value_or(0) * (1 - 1e-12));
    if (before && reading <= *before) {
      ASSERT_EQ(filter.value(), before);
    }
  }
}

TEST(LogKalman, ALowerBoundAboveTheEstimateRaisesItAsAReadingDoes) {
  LogKalman one, other;
  for (LogKalman* filter : {&one, &other}) filter->update(10, at(0));
  one.update(20, at(1));
  other.update_at_least(20, at(1));
  EXPECT_EQ(one.value(), other.value());
}

TEST(LogKalman, ALowerBoundAloneGivesWayToTheFirstReading) {
  LogKalman filter;
  filter.update_at_least(2, at(0));
  EXPECT_NEAR(filter.value().value(), 2, 1e-9);
  filter.update(4, at(0));
  EXPECT_NEAR(filter.value().value(), 4, 0.1);
}

TEST(LogKalman, KnowsWhetherTheValueIsALowerBoundAndThatAnEqualOneConfirmsIt) {
  LogKalman filter;
  filter.update_at_least(10, at(0));
  EXPECT_TRUE(filter.is_bound());
  filter.update_at_least(9, at(1));
  EXPECT_EQ(filter.last(), at(1));
  filter.update_at_least(5, at(2));
  EXPECT_EQ(filter.last(), at(1)) << "a lower one tells nothing";
  EXPECT_NEAR(*filter.value(), 10, 1e-9);
  filter.update(20, at(3));
  EXPECT_FALSE(filter.is_bound());
}

// The link that was measured may have become faster, and what is sent may be too short to show more than its old rate.
TEST(LogKalman, ALowerBoundThatEqualsAMeasuredValueSaysThatItMayBeGreater) {
  LogKalman filter;
  filter.update(20, at(0));
  filter.update_at_least(5, at(1));
  EXPECT_FALSE(filter.is_bound());
  filter.update_at_least(19.9, at(2));
  EXPECT_TRUE(filter.is_bound());
  EXPECT_NEAR(*filter.value(), 20, 1e-9);
}

TEST(LogKalman, GrowsLessSureWithTime) {
  LogKalman filter;
  EXPECT_FALSE(filter.sd(at(0)));
  filter.update(10, at(0));
  EXPECT_NEAR(*filter.sd(at(0)), std::sqrt(0.02), 1e-9);
  EXPECT_NEAR(*filter.sd(at(4)), std::sqrt(4.02), 1e-9);
}

TEST(LogKalman, WhatIsUsualForgetsHalfInAMinute) {
  LogKalman filter;
  filter.update(100, at(0));
  EXPECT_NEAR(*filter.usual(), 100, 1e-9);
  filter.update(1, at(60));
  EXPECT_NEAR(*filter.usual(), 10, 1e-9);
  for (int i = 1; i <= 10; ++i) filter.update(1, at(60 + 0.2 * i));
  EXPECT_NEAR(*filter.usual(), std::pow(10, std::pow(0.98, 10)), 1e-6) << "each reading is at least a fiftieth";
}

TEST(LogKalman, FollowsAStepWithinAFewReadings) {
  LogKalman filter;
  for (int i = 0; i < 50; ++i) filter.update(50, at(i * 0.2));
  for (int i = 50; i < 55; ++i) filter.update(2, at(i * 0.2));
  EXPECT_NEAR(filter.value().value(), 2, 0.3);
}

}  // namespace
}  // namespace tideline::estimate
