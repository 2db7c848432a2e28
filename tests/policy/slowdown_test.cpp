#include "policy/slowdown.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tideline {
namespace {

TimePoint at(double s) {
  return TimePoint() + from_seconds(s);
}

constexpr Duration kTable = std::chrono::milliseconds(50);

Duration slowed(double factor) {
  return from_seconds(seconds(kTable) * factor);
}

TEST(HeadSlowdown, HasNoValueBeforeItsFirstReading) {
  EXPECT_FALSE(HeadSlowdown().value());
  EXPECT_TRUE(HeadSlowdown().residuals().empty());
}

TEST(HeadSlowdown, SeesAStepWithinTwoRequests) {
  HeadSlowdown filter;
  for (int i = 0; i < 20; ++i) filter.update(3, slowed(1), kTable, at(0.2 * i));
  for (int i = 20; i < 22; ++i) filter.update(3, slowed(2), kTable, at(0.2 * i));
  EXPECT_NEAR(*filter.value() * filter.residuals()[3], 2, 0.1);
}

TEST(HeadSlowdown, TellsWhatACutHasOfItsOwnFromWhatAllHave) {
  HeadSlowdown filter;
  for (int i = 0; i < 400; ++i) filter.update(i % 2 ? 3 : 5, slowed(i % 2 ? 1.5 : 1.5 * 1.1), kTable, at(0.2 * i));
  EXPECT_NEAR(filter.residuals()[5] / filter.residuals()[3], 1.1, 0.02);
}

TEST(HeadSlowdown, DoesNotDriftUnderAConstantLoad) {
  HeadSlowdown filter;
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 0.05);
  for (int i = 0; i < 100'000; ++i)
    filter.update(static_cast<std::uint32_t>(random() % 8), slowed(2 * std::exp(noise(random))), kTable, at(0.2 * i));
  EXPECT_NEAR(*filter.value(), 2, 0.4);
  for (const double residual : filter.residuals()) EXPECT_NEAR(residual, 1, 0.2);
}

TEST(HeadSlowdown, IgnoresWhatIsTooShortToTell) {
  HeadSlowdown filter;
  filter.update(1, kTable, std::chrono::microseconds(100), at(0));
  filter.update(1, Duration{}, kTable, at(0));
  filter.update(1, -kTable, kTable, at(0));
  EXPECT_FALSE(filter.value());
}

}  // namespace
}  // namespace tideline
