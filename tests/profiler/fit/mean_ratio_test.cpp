#include "profiler/fit/mean_ratio.h"

#include "tests/profiler/noise.h"

#include <gmock/gmock.h>

#include <cmath>

namespace tideline::fit {
namespace {

using ::testing::Each;
using ::testing::Field;
using namespace tideline::fixtures;

// Three items under four conditions, each read often; item 2 is delayed by as much again once in four times.
std::vector<Reading> readings(double noise, bool delays) {
  Random random(3);
  std::vector<Reading> all;
  for (std::uint32_t i = 0; i < 3; ++i)
    for (std::uint32_t c = 0; c < 4; ++c)
      for (int r = 0; r < 200; ++r)
        all.push_back(
            {i, c, (i + 1) * (c + 1) * std::exp(noise * gaussian(random)) * (delays && i == 2 && r % 4 == 0 ? 5 : 1)});
  return all;
}

std::vector<MeanRatio> ratios(const std::vector<Reading>& from) {
  const auto fit = fit_two_way(from, 3, 4);
  if (!fit) ADD_FAILURE() << fit.error().message;
  return mean_ratios(*fit, from, 3, 4);
}

TEST(MeanRatio, WithoutNoiseTheMeanIsTheCentre) {
  EXPECT_THAT(ratios(readings(0, false)), Each(Field(&MeanRatio::ratio, ::testing::DoubleNear(1, 1e-6))));
}

TEST(MeanRatio, OfNoiseThatIsTheSameForAllIsTheSameForAll) {
  // Of a log-normal, the mean is exp(sd^2 / 2) of the median.
  EXPECT_THAT(ratios(readings(0.3, false)),
              Each(Field(&MeanRatio::ratio, ::testing::DoubleNear(std::exp(0.045), 0.03))));
}

TEST(MeanRatio, DelaysThatComeNowAndThenRaiseTheMeanOfThoseWhomTheyHit) {
  const auto found = ratios(readings(0.02, true));
  EXPECT_NEAR(found[0].ratio, 1, 0.05);
  for (std::size_t c = 0; c < 4; ++c) {
    EXPECT_GT(found[2 * 4 + c].ratio, 1.7) << "the truth is 2";
    EXPECT_LT(found[2 * 4 + c].ratio, 2.1);
  }
}

TEST(MeanRatio, WhatWasReadOnceKeepsToTheRatioOfAll) {
  std::vector<Reading> once;
  for (std::uint32_t i = 0; i < 3; ++i)
    for (std::uint32_t c = 0; c < 4; ++c) once.push_back({i, c, (i + 1.0) * (c + 1)});
  once.front().value = 3;
  const auto found = ratios(once);
  EXPECT_THAT(found, Each(Field(&MeanRatio::ratio, found.front().ratio)));
}

}  // namespace
}  // namespace tideline::fit
