#include "profiler/fit/statistics.h"

#include "profiler/fit/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace tideline::fit {
namespace {

TEST(Statistics, MeanAndMedianAreThoseOfTheHand) {
  const std::vector<double> odd{9, 1, 2}, even{4, 1, 3, 10};
  EXPECT_DOUBLE_EQ(mean(odd), 4);
  EXPECT_DOUBLE_EQ(median(odd), 2);
  EXPECT_DOUBLE_EQ(mean(even), 4.5);
  EXPECT_DOUBLE_EQ(median(even), 3.5);
}

TEST(Statistics, QuantilesLieOnTheLineBetweenNeighbours) {
  // Type 7: position p * (n - 1) in {1, 2, 4, 8, 16}.
  const std::vector<double> xs{16, 1, 8, 2, 4};
  EXPECT_DOUBLE_EQ(quantile(xs, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(xs, 0.25), 2);
  EXPECT_DOUBLE_EQ(quantile(xs, 0.375), 3);
  EXPECT_DOUBLE_EQ(quantile(xs, 0.9), 12.8);  // Position 3.6: 8 + 0.6 * 8.
  EXPECT_DOUBLE_EQ(quantile(xs, 0.95), 14.4);
  EXPECT_DOUBLE_EQ(quantile(xs, 1), 16);
}

TEST(Statistics, OneMeasurementIsAllOfItsQuantilesAndHasNoSpread) {
  const std::vector<double> one{5};
  for (const double p : {0.0, 0.5, 1.0}) EXPECT_DOUBLE_EQ(quantile(one, p), 5);
  EXPECT_DOUBLE_EQ(mean(one), 5);
  EXPECT_EQ(bootstrap_half_width(one, 1), 0);
}

TEST(Bootstrap, EqualMeasurementsHaveNoSpread) {
  EXPECT_DOUBLE_EQ(bootstrap_half_width(std::vector<double>(10, 3.5), 1), 0);
}

TEST(Bootstrap, IsTheSameForTheSameSeedAndScalesWithTheUnit) {
  // Many different values, so that two seeds hardly ever agree.
  std::vector<double> xs;
  for (int i = 0; i < 40; ++i) xs.push_back(i * i * 0.37);
  std::vector<double> thousandfold(xs);
  for (double& x : thousandfold) x *= 1000;
  EXPECT_EQ(bootstrap_half_width(xs, 9), bootstrap_half_width(xs, 9));
  EXPECT_NE(bootstrap_half_width(xs, 9), bootstrap_half_width(xs, 10));
  EXPECT_NEAR(bootstrap_half_width(thousandfold, 9), 1000 * bootstrap_half_width(xs, 9), 1e-6);
}

TEST(Bootstrap, OfTwoMeasurementsIsTheirWholeRange) {
  // The resampled mean of {0, 10} is 0, 5 or 10 with 1/4, 1/2, 1/4: both 2.5 % tails lie on the ends.
  EXPECT_DOUBLE_EQ(bootstrap_half_width(std::vector<double>{0, 10}, 3), 5);
}

TEST(Bootstrap, OfManyMeasurementsIsNearTheNormalInterval) {
  // 0..99: standard deviation 28.866, so 1.96 * 28.866 / 10 = 5.66.
  std::vector<double> xs(100);
  std::iota(xs.begin(), xs.end(), 0.0);
  EXPECT_NEAR(bootstrap_half_width(xs, 4), 5.66, 0.6);
}

TEST(Random, DrawsAreTheStandardsOwnAndWithinBounds) {
  Random random(5489);
  EXPECT_EQ(random(), 14514284786278117030u);  // The first draw of mt19937_64 by its default seed.
  std::array<int, 3> seen{};
  for (int i = 0; i < 3000; ++i) {
    const auto draw = below(3, random);
    ASSERT_LT(draw, 3u);
    ++seen[draw];
  }
  for (const int count : seen) EXPECT_NEAR(count, 1000, 150);
  EXPECT_EQ(below(1, random), 0u);
}

TEST(Random, AShuffleIsAPermutation) {
  Random random(1);
  std::vector<int> items(50);
  std::iota(items.begin(), items.end(), 0);
  const std::vector<int> before = items;
  shuffle(items, random);
  EXPECT_NE(items, before);
  EXPECT_TRUE(std::is_permutation(items.begin(), items.end(), before.begin()));
  std::vector<int> none;
  shuffle(none, random);
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace tideline::fit
