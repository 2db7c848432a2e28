#include "runtime/base/token_bucket.h"

#include <gtest/gtest.h>

#include <random>

namespace tideline {
namespace {

TimePoint at(double s) {
  return TimePoint() + from_seconds(s);
}

TEST(TokenBucket, HoldsWhatIsSpentToTheRateAndOneBurst) {
  std::mt19937_64 random(6);
  TokenBucket bucket(100, 50);
  double spent = 0, now = 0;
  for (int i = 0; i < 10'000; ++i) {
    now += static_cast<double>(random() % 1000) / 1e4;
    const double amount = static_cast<double>(random() % 60);
    if (bucket.take(amount, at(now))) spent += amount;
    ASSERT_LE(spent, 50 + 100 * now + 1e-6);
  }
  EXPECT_GT(spent, 0.5 * 100 * now);
}

TEST(TokenBucket, AClockThatStepsBackGivesNothing) {
  TokenBucket bucket(1, 10);
  EXPECT_TRUE(bucket.take(10, at(100)));
  EXPECT_FALSE(bucket.take(1, at(50)));
  EXPECT_FALSE(bucket.take(1, at(100.5)));
  EXPECT_TRUE(bucket.take(1, at(101)));
}

}  // namespace
}  // namespace tideline
