#include "profiler/fit/two_way.h"

#include "tests/profiler/noise.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace tideline::fit {
namespace {

using ::testing::HasSubstr;
using namespace tideline::fixtures;

// Items of 1, 2, 4, ... under conditions of slowdown 1, 1.5, 2, ...
double truth(std::uint32_t item, std::uint32_t condition) {
  return std::ldexp(1.0, static_cast<int>(item)) * (1 + 0.5 * condition);
}

struct World {
  std::uint32_t items = 8, conditions = 6, repetitions = 5;
  double noise = 0;
  std::uint64_t wild = 0;  // One in so many readings takes four times as long; 0 is none.
};

template <typename Truth>
std::vector<Reading> noisy_readings(const World& world, Truth of) {
  Random random(7);
  std::vector<Reading> all;
  for (std::uint32_t i = 0; i < world.items; ++i)
    for (std::uint32_t c = 0; c < world.conditions; ++c)
      for (std::uint32_t r = 0; r < world.repetitions; ++r) {
        double value = of(i, c) * std::exp(world.noise * gaussian(random));
        if (world.wild && one_in(world.wild, random)) value *= 4;
        all.push_back({i, c, value});
      }
  return all;
}

TwoWayFit fitted(const std::vector<Reading>& from, std::uint32_t items, std::uint32_t conditions) {
  auto fit = fit_two_way(from, items, conditions);
  if (!fit) ADD_FAILURE() << fit.error().message;
  return *std::move(fit);
}

TEST(TwoWay, WithoutNoiseThePredictionIsTheTruth) {
  const TwoWayFit fit = fitted(noisy_readings({}, truth), 8, 6);
  for (std::uint32_t i = 0; i < 8; ++i)
    for (std::uint32_t c = 0; c < 6; ++c) EXPECT_NEAR(fit.predict(i, c) / truth(i, c), 1, 1e-6);
  EXPECT_LT(fit.residual_sd(), 1e-5);
  EXPECT_LT(fit.interaction_sd(), 1e-5);
  EXPECT_NEAR(fit.slowdown(4), 3, 1e-6);
}

TEST(TwoWay, PairsThatWereNeverReadArePredictedFromTheOthers) {
  auto some = noisy_readings({}, truth);
  std::erase_if(some,
                [](const Reading& r) { return r.item != 2 && r.condition != 1 && (r.item + r.condition) % 3 != 0; });
  const TwoWayFit fit = fitted(some, 8, 6);
  for (std::uint32_t i = 0; i < 8; ++i)
    for (std::uint32_t c = 0; c < 6; ++c) EXPECT_NEAR(fit.predict(i, c) / truth(i, c), 1, 1e-6);
}

TEST(TwoWay, MoreConditionsThanItemsAreFittedAlike) {
  const TwoWayFit fit = fitted(noisy_readings({.items = 3, .conditions = 40}, truth), 3, 40);
  for (std::uint32_t c = 0; c < 40; ++c) EXPECT_NEAR(fit.predict(1, c) / truth(1, c), 1, 1e-6);
  EXPECT_NEAR(fit.slowdown(4), 3, 1e-6);
}

TEST(TwoWay, NoiseIsAveragedOutAndItsSizeIsFound) {
  const World world{.noise = 0.05};
  const TwoWayFit fit = fitted(noisy_readings(world, truth), world.items, world.conditions);
  EXPECT_NEAR(fit.residual_sd(), 0.05, 0.01);
  EXPECT_LT(fit.interaction_sd(), 0.02);
  int covered = 0;
  for (std::uint32_t i = 0; i < world.items; ++i)
    for (std::uint32_t c = 0; c < world.conditions; ++c) {
      const double away = std::abs(std::log(fit.predict(i, c) / truth(i, c)));
      EXPECT_LT(away, 0.06);
      covered += away < 1.96 * fit.standard_error(i, c);
    }
  EXPECT_GE(covered, 40) << "of 48, about 95 % lie within two standard errors";
}

TEST(TwoWay, WildReadingsDoLittleHarm) {
  const World world{.repetitions = 7, .noise = 0.03, .wild = 10};
  const TwoWayFit fit = fitted(noisy_readings(world, truth), world.items, world.conditions);
  EXPECT_LT(fit.residual_sd(), 0.06);
  double worst = 0;
  for (std::uint32_t i = 0; i < world.items; ++i)
    for (std::uint32_t c = 0; c < world.conditions; ++c)
      worst = std::max(worst, std::abs(std::log(fit.predict(i, c) / truth(i, c))));
  EXPECT_LT(worst, 0.12);
}

TEST(TwoWay, AnInteractionIsKeptAsFarAsItIsCertain) {
  const auto uneven = [](std::uint32_t i, std::uint32_t c) { return truth(i, c) * (i == 3 && c == 2 ? 1.5 : 1); };
  const World sure{.noise = 0.02}, unsure{.repetitions = 2, .noise = 0.5};
  EXPECT_NEAR(fitted(noisy_readings(sure, uneven), 8, 6).predict(3, 2) / uneven(3, 2), 1, 0.04);
  EXPECT_GT(fitted(noisy_readings(sure, uneven), 8, 6).interaction_sd(), 0.03);
  EXPECT_LT(fitted(noisy_readings(unsure, uneven), 8, 6).interaction_sd(), 0.25);
}

TEST(TwoWay, WhatWasReadOnceCountsAsNoise) {
  const World world{.repetitions = 1, .noise = 0.1};
  const TwoWayFit fit = fitted(noisy_readings(world, truth), world.items, world.conditions);
  EXPECT_EQ(fit.interaction_sd(), 0);
  EXPECT_NEAR(fit.residual_sd(), 0.1, 0.04);
}

TEST(TwoWay, AMissingPairIsLessCertainThanOneThatWasRead) {
  const auto uneven = [](std::uint32_t i, std::uint32_t c) { return truth(i, c) * (1 + 0.2 * ((i * 7 + c * 5) % 3)); };
  auto some = noisy_readings({.noise = 0.02}, uneven);
  std::erase_if(some, [](const Reading& r) { return r.item == 5 && r.condition == 4; });
  const TwoWayFit fit = fitted(some, 8, 6);
  EXPECT_GT(fit.standard_error(5, 4), 3 * fit.standard_error(5, 3));
}

TEST(TwoWay, OneItemUnderOneConditionIsItsCentre) {
  EXPECT_NEAR(fitted({{0, 0, 2}, {0, 0, 8}}, 1, 1).predict(0, 0), 4, 1e-9);
}

TEST(TwoWay, WhatCannotBeFittedIsRefusedInOneSentence) {
  const auto refusal = [](std::vector<Reading> from, std::uint32_t items, std::uint32_t conditions) {
    const auto fit = fit_two_way(from, items, conditions);
    return fit ? "accepted" : fit.error().message;
  };
  EXPECT_THAT(refusal({}, 1, 1), HasSubstr("no readings to fit"));
  EXPECT_THAT(refusal({{2, 0, 1}}, 2, 1), HasSubstr("item 2 under condition 0 is not one of 2 items"));
  for (const double bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()})
    EXPECT_THAT(refusal({{0, 0, bad}}, 1, 1), HasSubstr("is not a positive reading"));
  EXPECT_THAT(refusal({{0, 0, 1}, {1, 1, 1}}, 2, 2), HasSubstr("connects item 1 with item 0"));
  EXPECT_THAT(refusal({{0, 0, 1}}, 1, 2), HasSubstr("connects condition 1 with item 0"));
  EXPECT_THAT(refusal({{0, 0, 1}}, 3000, 3000), HasSubstr("too many to fit"));
}

}  // namespace
}  // namespace tideline::fit
