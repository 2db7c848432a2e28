#include "policy/dispatch/worthwhile.h"

#include "policy/dispatch/fluid_limit.h"
#include "tests/policy/dispatch/offers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace tideline::dispatch {
namespace {

bool has(const Offers& offers, const plan::Plan& plan) {
  return std::ranges::find(offers.plans, plan, &Offer::plan) != offers.plans.end();
}

// Each cut leaves the cloud a little less. So no other takes less than any of them in each respect; but most are of no
// use, as they take so much more of the edge or of the uplink for that.
TEST(Worthwhile, KeepsThePlanThatServesTheMostAndNotThoseThatAreMerelyDifferent) {
  const Offers all{
      .plans = {split(0, 0, 100, 32, 31), split(1, 16, 489, 30, 31), split(2, 38, 62, 28, 31),
                split(3, 61, 130, 26, 31), split(4, 74, 67, 24, 31), split(5, 116, 317, 20, 31),
                split(6, 141, 79, 18, 31), split(7, 153, 150, 16, 31), split(8, 193, 37, 12, 31), here(316)},
      .usual = 0};
  const Offers kept = worthwhile(all, {}, 4);
  EXPECT_EQ(kept.plans[kept.usual].plan, cut(0));
  EXPECT_TRUE(has(kept, cut(2)));
  EXPECT_FALSE(has(worthwhile(all, {}, 7), cut(1)));
  EXPECT_FALSE(has(worthwhile(all, {}, 7), cut(5)));
}

TEST(Worthwhile, AFewServeAsManyRequestsASecondAsAllCould) {
  std::mt19937 random(7);
  double least = 1, sum = 0;
  for (int run = 0; run < 300; ++run) {
    const auto some = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
    Offers all{.usual = 0};
    for (std::uint32_t i = 0; i < 24; ++i) all.plans.push_back(split(i, some(200), some(200), 1 + some(100), 3));
    all.plans.push_back(here(50 + some(300)));
    const Slots slots{.edge = 1 + some(3), .cloud = 1 + some(3)};
    const Offers kept = worthwhile(all, slots, 8);
    ASSERT_LE(kept.plans.size(), 8u);
    const double share = fluid_limit(kept.plans, slots).rate / fluid_limit(all.plans, slots).rate;
    least = std::min(least, share), sum += share;
  }
  EXPECT_GT(least, 0.9);
  EXPECT_GT(sum / 300, 0.99);
}

TEST(Worthwhile, KeepsTheUsualPlanAndOneForTensors) {
  Offers all{.plans = {split(0, 0, 1, 1, 1), split(1, 0, 2, 2, 2), here(500), split(2, 9, 900, 900, 9)}, .usual = 3};
  all.plans[0].plan.codec = plan::Codec::source;
  all.plans[1].plan.codec = plan::Codec::jpeg95;
  const Offers kept = worthwhile(all, {}, 2);
  ASSERT_EQ(kept.plans.size(), 2u);
  EXPECT_EQ(kept.plans[kept.usual], all.plans[3]);
  EXPECT_EQ(kept.plans[1], all.plans[2]) << "the fastest that is not of images";
  EXPECT_EQ(worthwhile(all, {}, 1).plans, std::vector<Offer>{all.plans[3]});
  EXPECT_TRUE(worthwhile({}, {}, 8).plans.empty());
}

TEST(Worthwhile, TakesImpossibleTimesForTheNearestPossible) {
  Offers all{.plans = {here(5), split(0, 1, 1, 1)}};
  all.plans[0].demand.edge = Duration::min();
  all.plans[1].demand.uplink = Duration::max();
  all.plans[1].price = Duration::min();
  const Offers kept = worthwhile(all, {.edge = -1, .cloud = 0}, 8);
  EXPECT_EQ(kept.plans[0].demand.edge, Duration{});
  for (const Offer& one : kept.plans) EXPECT_GE(one.price, Duration{});
}

}  // namespace
}  // namespace tideline::dispatch
