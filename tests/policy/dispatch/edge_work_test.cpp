#include "policy/dispatch/edge_work.h"

#include "tests/policy/dispatch/offers.h"

#include <gtest/gtest.h>

namespace tideline::dispatch {
namespace {

using std::chrono::milliseconds;

std::optional<Duration> occupies(const EdgeWork& work, const plan::Plan& plan, int slots = 1) {
  const auto found = work.seen().computed.find(plan);
  if (found == work.seen().computed.end() || !(work.seen().cores > 0)) return std::nullopt;
  return work.seen().occupies(found->second, slots);
}

// Serves 20 requests by cut 1, each of which computes `computed`, in a second in which the process takes `process`.
void serve_second(EdgeWork& work, Duration& process, TimePoint& now, Duration computed, Duration each) {
  const plan::Plan plan = cut(1);
  for (int i = 0; i < 20; ++i) work.ended(&plan, computed);
  process += 20 * each;
  now += std::chrono::seconds(1);
  work.account({.process = process, .cores = 0.25}, now);
}

TEST(EdgeWork, KnowsNothingBeforeARequestAndTheCores) {
  EdgeWork work;
  EXPECT_FALSE(occupies(work, cut(1)));
  const plan::Plan plan = cut(1);
  work.ended(&plan, milliseconds(5));
  EXPECT_FALSE(occupies(work, cut(1)));
  work.account({.cores = 0.25}, kStart);
  EXPECT_EQ(occupies(work, cut(1)), milliseconds(20)) << "5 ms on a quarter of a core";
  EXPECT_FALSE(occupies(work, cut(2)));
  work.account({.cores = 0}, kStart);
  EXPECT_FALSE(occupies(work, cut(1))) << "the cores cannot be read";
}

TEST(EdgeWork, HasTheMeanOfTheLastRunsSoThatASingleOneHardlyMovesIt) {
  EdgeWork work;
  work.account({.cores = 1}, kStart);
  const plan::Plan plan = cut(1);
  for (const int ms : {4, 6, 8}) work.ended(&plan, milliseconds(ms));
  EXPECT_NEAR(tideline::seconds(*occupies(work, plan)), 0.006, 1e-9);
  for (int i = 0; i < 1000; ++i) work.ended(&plan, milliseconds(10));
  EXPECT_NEAR(tideline::seconds(*occupies(work, plan)), 0.010, 1e-5) << "the first ones are forgotten";
  work.ended(&plan, milliseconds(74));
  EXPECT_NEAR(tideline::seconds(*occupies(work, plan)), 0.011, 1e-5);
}

TEST(EdgeWork, AQuotaLetsTheEdgeBeAheadByHalfOfWhatAPeriodGrantsAtMost) {
  EXPECT_EQ(WorkSeen{}.ahead(1), Duration{}) << "nothing is known";
  EXPECT_EQ(WorkSeen{.cores = 1}.ahead(1), Duration{}) << "no quota";
  EXPECT_EQ(WorkSeen{.cores = 2}.ahead(1), Duration{});
  EXPECT_EQ(WorkSeen{.cores = 0.5}.ahead(1), milliseconds(25));
  EXPECT_EQ(WorkSeen{.cores = 0.5}.ahead(2), std::chrono::microseconds(37'500));
}

TEST(EdgeWork, CountsWhatTheProcessComputesBesideTheRuns) {
  EdgeWork work;
  Duration process = std::chrono::seconds(3);
  TimePoint now = kStart;
  work.account({.process = process, .cores = 0.25}, now);
  serve_second(work, process, now, milliseconds(5), milliseconds(7));
  EXPECT_EQ(occupies(work, cut(1)), milliseconds(28));
}

TEST(EdgeWork, TailsThatRanHereAreNoPartOfAPlanAndNoneOfTheRest) {
  EdgeWork work;
  Duration process{};
  TimePoint now = kStart;
  work.account({.process = process, .cores = 0.25}, now);
  work.ended(nullptr, milliseconds(100));
  process += milliseconds(100);
  serve_second(work, process, now, milliseconds(5), milliseconds(5));
  EXPECT_NEAR(tideline::seconds(*occupies(work, cut(1))), 0.020, 1e-9);
}

TEST(EdgeWork, AWindowWithFewRequestsSaysNothingOfTheRest) {
  EdgeWork work;
  const plan::Plan plan = cut(1);
  work.account({.cores = 1}, kStart);
  work.ended(&plan, milliseconds(5));
  work.account({.process = milliseconds(900), .cores = 1}, kStart + std::chrono::seconds(2));
  work.account({.process = milliseconds(900), .cores = 1}, kStart + std::chrono::seconds(11));
  EXPECT_EQ(occupies(work, cut(1)), milliseconds(5));
}

TEST(EdgeWork, SlotsShareTheCores) {
  EdgeWork work;
  const plan::Plan plan = cut(1);
  work.ended(&plan, milliseconds(5));
  work.account({.cores = 4}, kStart);
  EXPECT_EQ(occupies(work, cut(1), 2), Duration(milliseconds(5)) / 2);
}

TEST(WorkSeen, APlanThatWasNotSeenComputesAsTheNearestCutOfItsModelDoes) {
  WorkSeen seen{.cores = 0.25};
  seen.computed = {{cut(2), milliseconds(5)}, {cut(9), milliseconds(40)}, {{"other", 4, {}}, milliseconds(99)}};
  const std::vector<WorkSeen::Alone> plans{{cut(2), milliseconds(10)}, {cut(3), milliseconds(20)},
                                           {cut(7), milliseconds(30)}, {cut(9), milliseconds(40)},
                                           {cut(0), Duration{}},       {{"third", 2, {}}, milliseconds(10)}};
  const std::vector<Duration> expected{milliseconds(5),  milliseconds(10), milliseconds(30),
                                       milliseconds(40), Duration{},       Duration{}};
  EXPECT_EQ(seen.computed_of(plans), expected);
  EXPECT_EQ(WorkSeen{}.computed_of(plans), std::vector<Duration>(6));
}

}  // namespace
}  // namespace tideline::dispatch
