#include "profiler/campaign/rounds.h"

#include "tests/profiler/campaigns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tideline::campaign {
namespace {

using namespace tideline::fixtures;

const std::vector<std::uint32_t> kAll{0, 1, 2};

TEST(Rounds, ARoundIsAPermutationTheSameForTheSameSeedOnly) {
  journal::Context context = small_campaign();
  for (std::uint32_t round = 0; round < 20; ++round) {
    auto order = round_of(context, 0, round);
    EXPECT_EQ(order, round_of(context, 0, round));
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, kAll);
  }
  const auto all = [](const journal::Context& c, std::uint32_t cell) {
    std::vector<std::uint32_t> orders;
    for (std::uint32_t round = 0; round < 20; ++round)
      for (const auto candidate : round_of(c, cell, round)) orders.push_back(candidate);
    return orders;
  };
  const auto before = all(context, 0);
  EXPECT_NE(all(context, 1), before);
  context.seed = 8;
  EXPECT_NE(all(context, 0), before);
}

TEST(Rounds, NoCandidateIsFavouredWithAnyPlace) {
  int first[3] = {};
  for (std::uint32_t round = 0; round < 3000; ++round) ++first[round_of(small_campaign(), 0, round)[0]];
  for (const int count : first) EXPECT_NEAR(count, 1000, 120);
}

TEST(Rounds, TheLeastMeasuredComeNext) {
  const std::vector<std::vector<double>> totals{{1, 1}, {1}, {1, 1}};
  EXPECT_EQ(next_round(small_campaign(), 0, kAll, totals, {3, 5, {}}, true), std::vector<std::uint32_t>{1});
  EXPECT_EQ(next_round(small_campaign(), 0, kAll, std::vector<std::vector<double>>(3), {3, 5, {}}, true),
            round_of(small_campaign(), 0, 0));
}

TEST(Rounds, WhatIsKnownWellEnoughIsMeasuredNoMore) {
  const std::vector<std::vector<double>> totals{{1, 1, 1.001}, {1, 1.5, 2}, {1, 1, 1, 1, 9}};
  const RoundRule rule{3, 5, 0.03};
  EXPECT_EQ(next_round(small_campaign(), 0, kAll, totals, rule, true), std::vector<std::uint32_t>{1});
  EXPECT_TRUE(next_round(small_campaign(), 0, kAll, totals, rule, false).empty()) << "the budget is spent";
}

TEST(Rounds, TheLeastIsMeasuredWhateverTheBudget) {
  const std::vector<std::vector<double>> totals{{1, 1}, {1, 1, 1}, {1, 1, 1}};
  EXPECT_EQ(next_round(small_campaign(), 0, kAll, totals, {3, 5, {}}, false), std::vector<std::uint32_t>{0});
}

TEST(Rounds, TheFirstOfTwoVisitsIsHalfOfTheWork) {
  const RoundRule half = half_of({3, 40, 0.03});
  EXPECT_EQ(half.least, 2u);
  EXPECT_EQ(half.most, 20u);
  EXPECT_NEAR(*half.interval, 0.0424, 1e-4) << "half of the measurements give an interval so wide";
}

TEST(Rounds, TheIntervalIsStudents) {
  // Mean 2, deviation 1, three of them: 4.303 / sqrt(3) / 2.
  EXPECT_NEAR(relative_half_width(std::vector<double>{1, 2, 3}), 4.303 / std::sqrt(3.0) / 2, 1e-3);
  EXPECT_EQ(relative_half_width(std::vector<double>{2, 2, 2}), 0);
  EXPECT_TRUE(std::isinf(relative_half_width(std::vector<double>{2})));
}

TEST(Rounds, AShareGoesByTheWeights) {
  EXPECT_EQ(share_of(ms(100), std::vector<double>{1, 2, 1}), ms(25));
  EXPECT_EQ(share_of(ms(-5), std::vector<double>{1}), ms(0));
}

}  // namespace
}  // namespace tideline::campaign
