#include "runtime/codec/q_step.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace tideline::codec {
namespace {

TEST(Step, IsAPowerOfTheEighthRootOfTwo) {
  EXPECT_EQ(Step(0).size(), 1.0F);
  EXPECT_EQ(Step(8).size(), 2.0F);
  EXPECT_EQ(Step(-16).size(), 0.25F);
  EXPECT_FLOAT_EQ(Step(4).size(), std::sqrt(2.0F));
  EXPECT_FLOAT_EQ(Step(-1).size(), std::exp2(-0.125F));
}

TEST(Step, IsWithinFivePercentOfTheRootMeanSquareOverItsParts) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> exponents(-60, 60);
  for (int i = 0; i < 1000; ++i) {
    const double square = std::exp2(exponents(random));
    for (const auto& [codec, parts] :
         {std::pair{plan::Codec::q1, 1.0}, {plan::Codec::q4, 4.0}, {plan::Codec::q64, 64.0}})
      EXPECT_NEAR(step_for(codec, square).size() * parts / std::sqrt(square), 1, 0.045);
  }
}

TEST(Step, StaysWhereItAndItsInverseAreNormalNumbers) {
  for (const double square : {1e-90, 1e77}) {
    const Step step = step_for(plan::Codec::q64, square);
    EXPECT_TRUE(std::isnormal(step.size()));
    EXPECT_TRUE(std::isnormal(step.per_unit()));
  }
}

TEST(Step, OfNumbersIsTheMeanOfTheirSquaresAtAnyCount) {
  for (const std::size_t count : {1U, 3U, 15U, 16U, 17U, 100U}) {
    std::vector<float> numbers(count, 3);
    numbers.front() = 5;
    const auto n = static_cast<double>(count);
    EXPECT_DOUBLE_EQ(mean_square(numbers), (25 + 9 * (n - 1)) / n);
  }
}

TEST(Step, OfNumbersThatAreNotFiniteIsNotFinite) {
  for (const float strange : {NAN, INFINITY, -INFINITY}) {
    std::vector<float> numbers(33, 1);
    numbers[32] = strange;
    EXPECT_FALSE(std::isfinite(mean_square(numbers)));
  }
  EXPECT_TRUE(std::isfinite(mean_square(std::vector<float>(1000, 3.4e38F)))) << "their squares fit a double";
}

}  // namespace
}  // namespace tideline::codec
