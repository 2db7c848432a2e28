#include "policy/dispatch/edge_work.h"

#include "tests/policy/dispatch/offers.h"

#include <gtest/gtest.h>

namespace tideline::dispatch {
namespace {

using std::chrono::milliseconds;

// Serves 20 requests by cut 1, each of which computes `computed`, in a second in which the process takes `process`.
void serve_second(EdgeWork& work, Duration& process, TimePoint& now, Duration computed, Duration each) {
  const plan::Plan plan = cut(1);
  for (int i = 0; i < 20; ++i) work.ended(&plan, computed);
  process += 20 * each;
  now += std::chrono::seconds(1);
  work.account({.process = process, .cores = 0.25}, now);
}

TEST(EdgeWork, KnowsNothingBeforeARequestAndTheCores) {
  EdgeWork work(1);
  EXPECT_FALSE(work.occupies(cut(1)));
  const plan::Plan plan = cut(1);
  work.ended(&plan, milliseconds(5));
  EXPECT_FALSE(work.occupies(cut(1)));
  work.account({.cores = 0.25}, kStart);
  EXPECT_EQ(work.occupies(cut(1)), milliseconds(20)) << "5 ms on a quarter of a core";
  EXPECT_FALSE(work.occupies(cut(2)));
  work.account({.cores = 0}, kStart);
  EXPECT_FALSE(work.occupies(cut(1))) << "the cores cannot be read";
}

TEST(EdgeWork, CountsWhatTheProcessComputesBesideTheRuns) {
  EdgeWork work(1);
  Duration process = std::chrono::seconds(3);
  TimePoint now = kStart;
  work.account({.process = process, .cores = 0.25}, now);
  serve_second(work, process, now, milliseconds(5), milliseconds(7));
  EXPECT_EQ(work.occupies(cut(1)), milliseconds(28));
}

TEST(EdgeWork, TailsThatRanHereAreNoPartOfAPlanAndNoneOfTheRest) {
  EdgeWork work(1);
  Duration process{};
  TimePoint now = kStart;
  work.account({.process = process, .cores = 0.25}, now);
  work.ended(nullptr, milliseconds(100));
  process += milliseconds(100);
  serve_second(work, process, now, milliseconds(5), milliseconds(5));
  EXPECT_NEAR(tideline::seconds(*work.occupies(cut(1))), 0.020, 1e-9);
}

TEST(EdgeWork, AWindowWithFewRequestsSaysNothingOfTheRest) {
  EdgeWork work(1);
  const plan::Plan plan = cut(1);
  work.account({.cores = 1}, kStart);
  work.ended(&plan, milliseconds(5));
  work.account({.process = milliseconds(900), .cores = 1}, kStart + std::chrono::seconds(2));
  work.account({.process = milliseconds(900), .cores = 1}, kStart + std::chrono::seconds(11));
  EXPECT_EQ(work.occupies(cut(1)), milliseconds(5));
}

TEST(EdgeWork, SlotsShareTheCores) {
  EdgeWork work(2);
  const plan::Plan plan = cut(1);
  work.ended(&plan, milliseconds(5));
  work.account({.cores = 4}, kStart);
  EXPECT_EQ(work.occupies(cut(1)), Duration(milliseconds(5)) / 2);
}

}  // namespace
}  // namespace tideline::dispatch
