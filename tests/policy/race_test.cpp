#include "policy/race.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace tideline {
namespace {

Duration ms(double n) {
  return from_milliseconds(n);
}

TEST(Race, BeginsWhenTheAnswerIsEvidentlyLate) {
  EXPECT_EQ(race_after({ms(100), ms(1000)}), ms(130)) << "1.3 P";
  EXPECT_EQ(race_after({ms(40), ms(1000)}), ms(60)) << "P + 20 ms, where a third of P is too little to tell";
}

TEST(Race, BeginsNoLaterThanTheTailHereTakes) {
  EXPECT_EQ(race_after({ms(100), ms(80)}), ms(80));
}

TEST(Race, DoesNotBeginOnNoiseAlone) {
  EXPECT_EQ(race_after({ms(100), ms(5)}), ms(35)) << "0.25 P + 10 ms";
  EXPECT_EQ(race_after({ms(0), ms(0)}), ms(10));
}

TEST(Race, TimesThatMakeNoSenseAreHeldWithinBounds) {
  EXPECT_EQ(race_after({Duration::min(), Duration::min()}), ms(10));
  EXPECT_GT(race_after({Duration::max(), Duration::max()}), std::chrono::hours(23));
}

// Whatever the network does, X included in "for ever".
TEST(Race, TakesAtMostTwiceTheBetterOfTheTwoWhateverTheNetworkDoes) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> log_ms(-1, 5);
  for (int i = 0; i < 100'000; ++i) {
    const Duration p = ms(std::pow(10, log_ms(random))), l = ms(std::pow(10, log_ms(random)));
    const Duration x = i % 10 ? ms(std::pow(10, log_ms(random))) : std::chrono::hours(10);
    const Duration w = race_after({p, l});
    const Duration took = std::min(x, w + l);
    const Duration slack = std::max(Duration::zero(), p / 4 + ms(10) - l);
    ASSERT_LE(took, 2 * std::min(x, l) + slack) << "P " << p.count() << " L " << l.count() << " X " << x.count();
  }
}

TEST(RaceBudget, BoundsTheShareOfRequestsThatAreRaced) {
  RaceBudget budget({.share = 0.1, .burst = 5});
  int races = 0;
  for (int i = 0; i < 10'000; ++i) {
    budget.earn();
    races += budget.spend();
  }
  EXPECT_GE(races, 1000);
  EXPECT_LE(races, 1005);
}

TEST(RaceBudget, SavesNoMoreThanItsBurst) {
  RaceBudget budget({.share = 0.5, .burst = 3});
  for (int i = 0; i < 1000; ++i) budget.earn();
  EXPECT_EQ(budget.left(), 3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(budget.spend());
  EXPECT_FALSE(budget.spend());
  EXPECT_EQ(budget.left(), 0) << "nothing is taken when there is not enough";
}

}  // namespace
}  // namespace tideline
