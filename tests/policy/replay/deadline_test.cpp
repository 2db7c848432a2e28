#include "tests/policy/replay/with_deadline.h"

namespace tideline::replay {
namespace {

using fixtures::serve_with_deadline;

TEST(ReplayedDeadlines, NothingIsLateWhateverTheLinkDoesIfTheEdgeAloneKeepsThem) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const auto told = serve_with_deadline(3000, 0.6, seed);
    EXPECT_EQ(*told.adaptive.late, 0u) << "seed " << seed << ", deadline " << told.deadline << " s";
    EXPECT_EQ(told.adaptive.refused, 0u) << "seed " << seed;
  }
}

TEST(ReplayedDeadlines, WhatNoPlanEndsInTimeIsRefusedOnceOthersWait) {
  const Trace way = *Trace::make(Trace::Kind::bandwidth, {{0, 1e5}, {60, 1e5}});
  ReplayRequest asked{.bandwidth = &way, .contenders = {decide::PolicyKind::adaptive, Yardstick::edge_only}};
  asked.policy.table = fixtures::network(1);
  const Duration alone = asked.policy.table->unstressed().find(asked.policy.table->edge_only())->mean.total();
  asked.arrivals = {.rate = 3 / seconds(alone), .most = 600};
  asked.habits.deadline = 2 * seconds(alone);
  const auto told = replay(asked);
  EXPECT_GT(told[0].refused, 300u) << "two thirds of the requests are too many";
  EXPECT_GT(told[0].requests, 100u);
  EXPECT_EQ(told[1].refused, 0u) << "a held plan refuses nothing";
  EXPECT_GT(*told[1].late, 500u) << "so its queue grows";
}

TEST(ReplayedDeadlines, WithoutOneNothingIsCounted) {
  const Trace way = *Trace::make(Trace::Kind::bandwidth, {{0, 1e7}, {60, 1e7}});
  ReplayRequest asked{.bandwidth = &way, .contenders = {decide::PolicyKind::adaptive}};
  asked.policy.table = fixtures::network(1);
  EXPECT_FALSE(replay(asked).front().late);
}

}  // namespace
}  // namespace tideline::replay
