#include "runtime/engine/recent_plans.h"

#include <gtest/gtest.h>

namespace tideline::engine {
namespace {

plan::Plan at(std::uint32_t cut) {
  return {"m", cut, plan::Codec::fp32};
}

TEST(RecentPlans, HaveNoSharesBeforeARequest) {
  const RecentPlans none;
  EXPECT_EQ(none.counts().all, 0u);
  EXPECT_EQ(none.counts().share_of(at(1)), 0);
}

TEST(RecentPlans, CountsThoseThatTheLoadGaveAnotherPlanAndNotThoseOfAnEarlierUsualOne) {
  RecentPlans recent;
  recent.add(at(1), true);
  recent.add(at(2), true);  // The usual plan moved.
  recent.add(at(2), true);
  recent.add(at(3), false);
  EXPECT_EQ(recent.counts().others, 1u);
  EXPECT_EQ(recent.counts().share_of(at(2)), 0.5);
}

TEST(RecentPlans, ForgetsTheOldest) {
  RecentPlans recent;
  recent.add(at(1), false);
  for (std::size_t i = 0; i < RecentPlans::kKept; ++i) recent.add(at(2), true);
  EXPECT_EQ(recent.counts().all, RecentPlans::kKept);
  EXPECT_EQ(recent.counts().others, 0u);
  EXPECT_EQ(recent.counts().share_of(at(2)), 1);
}

}  // namespace
}  // namespace tideline::engine
