#include "policy/dispatch/fluid_limit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace tideline::dispatch {
namespace {

Offer offer(std::uint32_t cut, double edge, double uplink, double cloud) {
  return {{"m", cut, plan::Codec::fp32},
          {.edge = from_seconds(edge), .uplink = from_seconds(uplink), .cloud = from_seconds(cloud)}};
}

TEST(FluidLimit, OfOnePlanIsThatOfItsBusiestStage) {
  EXPECT_DOUBLE_EQ(fluid_limit(std::vector{offer(0, 0.01, 0.05, 0.02)}, {}).rate, 20);
  EXPECT_DOUBLE_EQ(fluid_limit(std::vector{offer(0, 0.04, 0.01, 0.05)}, {.edge = 1, .cloud = 4}).rate, 25);
}

TEST(FluidLimit, OfTwoPlansThatUseDifferentStagesIsTheSum) {
  const FluidLimit limit = fluid_limit(std::vector{offer(9, 0.05, 0, 0), offer(0, 0, 0.1, 0.01)}, {});
  EXPECT_NEAR(limit.rate, 30, 1e-9);
  ASSERT_EQ(limit.mix.size(), 2u);
  EXPECT_NEAR(limit.mix[0].share, 2.0 / 3, 1e-9);
}

TEST(FluidLimit, APlanWithoutCostHasNone) {
  EXPECT_TRUE(std::isinf(fluid_limit(std::vector{offer(0, 0, 0, 0)}, {}).rate));
}

TEST(FluidLimit, InTurnEveryPlanHasItsShareAmongTheFirstFew) {
  const FluidLimit limit{.rate = 1, .mix = {{3, 0.6}, {5, 0.4}}};
  EXPECT_EQ(in_turn(limit, 5), (std::vector<std::size_t>{3, 5, 3, 5, 3}));
  EXPECT_EQ(in_turn({.rate = 1, .mix = {{2, 1}}}, 2), (std::vector<std::size_t>{2, 2}));
}

TEST(FluidLimit, NoMixOfManyDrawnOnesServesMore) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> up_to(0, 1);
  for (int world = 0; world < 100; ++world) {
    std::vector<Offer> plans;
    for (std::uint32_t i = 0; i < 6; ++i) plans.push_back(offer(i, up_to(random), up_to(random), up_to(random)));
    const FluidLimit limit = fluid_limit(plans, {});
    double sum = 0, edge = 0, uplink = 0, cloud = 0;
    for (const auto& [plan, share] : limit.mix) {
      sum += share;
      edge += share * seconds(plans[plan].demand.edge);
      uplink += share * seconds(plans[plan].demand.uplink);
      cloud += share * seconds(plans[plan].demand.cloud);
    }
    EXPECT_NEAR(sum, 1, 1e-9);
    EXPECT_NEAR(std::max({edge, uplink, cloud}) * limit.rate, 1, 1e-6) << "the mix is what it says";
    for (int draw = 0; draw < 200; ++draw) {
      double all = 0, load[3] = {};
      for (const Offer& one : plans) {
        const double share = -std::log(1 - up_to(random));
        all += share;
        load[0] += share * seconds(one.demand.edge);
        load[1] += share * seconds(one.demand.uplink);
        load[2] += share * seconds(one.demand.cloud);
      }
      EXPECT_LE(all / std::max({load[0], load[1], load[2]}), limit.rate * (1 + 1e-6));
    }
  }
}

}  // namespace
}  // namespace tideline::dispatch
