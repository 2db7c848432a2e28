#include "policy/control/rehearsal_budget.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tideline::control {
namespace {

using std::chrono::milliseconds;

TimePoint after(double s) {
  return TimePoint() + from_seconds(s);
}

// What `models` that ask ten times a second for `time` seconds get, each of whose rehearsals takes `took`.
struct Got {
  double taken = 0;  // Seconds.
  std::vector<int> turns;
};
Got ask(RehearsalBudget budget, int models, double time, Duration took, bool alarmed = false) {
  std::vector<char> who(static_cast<std::size_t>(models));
  Got got{0, std::vector<int>(who.size())};
  double now = 0;
  while (now < time) {
    for (std::size_t i = 0; i < who.size(); ++i)
      if (budget.begin(&who[i], alarmed, after(now))) {
        now += tideline::seconds(took);
        budget.ended(took, after(now));
        got.taken += tideline::seconds(took);
        ++got.turns[i];
      }
    now += 0.1;
  }
  return got;
}

TEST(RehearsalBudget, AllModelsTogetherTakeTheirShareAndNoMore) {
  for (const int models : {1, 200})
    for (const Duration took : {milliseconds(5), milliseconds(100), milliseconds(900)}) {
      const double most = models == 1 ? std::min(0.02, tideline::seconds(took) / 0.1) : 0.02;
      const Got got = ask(RehearsalBudget{}, models, 300, took);
      EXPECT_LE(got.taken, 300 * most + tideline::seconds(took)) << models << " " << tideline::seconds(took);
      EXPECT_GE(got.taken, 300 * most * 0.8) << models << " " << tideline::seconds(took);
    }
}

TEST(RehearsalBudget, EveryModelGetsItsTurn) {
  const Got got = ask(RehearsalBudget{}, 50, 1000, milliseconds(20));
  const auto [least, most] = std::ranges::minmax(got.turns);
  EXPECT_GE(least, 18);
  EXPECT_LE(most, 22);
}

TEST(RehearsalBudget, WhatIsSavedIsBounded) {
  RehearsalBudget budget;
  const int who = 0;
  ASSERT_TRUE(budget.begin(&who, false, after(0)));
  budget.ended(milliseconds(1), after(0));
  double taken = 0;
  while (budget.begin(&who, false, after(100'000))) {
    taken += 0.1;
    budget.ended(milliseconds(100), after(100'000));
  }
  EXPECT_NEAR(taken, 0.6, 1e-9) << "half a second, and the rest of the last";
}

TEST(RehearsalBudget, TheAlarmedGoFirstAndMayOverdrawButNotForLong) {
  RehearsalBudget budget;
  const int calm = 0, alarmed = 0;
  ASSERT_TRUE(budget.begin(&calm, false, after(0)));
  budget.ended(milliseconds(100), after(0));
  EXPECT_FALSE(budget.begin(&calm, false, after(1)));
  EXPECT_TRUE(budget.begin(&alarmed, true, after(1)));
  budget.ended(milliseconds(1000), after(1));
  EXPECT_FALSE(budget.begin(&alarmed, true, after(2)));
  EXPECT_FALSE(budget.begin(&calm, false, after(60))) << "the alarmed waits, too";
  EXPECT_TRUE(budget.begin(&alarmed, true, after(60)));
  EXPECT_LE(ask(RehearsalBudget{}, 10, 1000, milliseconds(50), true).taken, 1000 * 0.02 + 0.25 + 0.05);
}

TEST(RehearsalBudget, WhoWithdrawsKeepsNobodyWaiting) {
  RehearsalBudget budget;
  const int one = 0, other = 0;
  ASSERT_TRUE(budget.begin(&one, false, after(0)));
  budget.ended(milliseconds(20), after(0));
  EXPECT_FALSE(budget.begin(&one, false, after(0.1)));
  EXPECT_FALSE(budget.begin(&other, false, after(0.2)));
  EXPECT_FALSE(budget.begin(&other, false, after(5))) << "the other has waited for longer";
  budget.withdraw(&one);
  EXPECT_TRUE(budget.begin(&other, false, after(5)));
}

TEST(RehearsalBudget, AClockThatStepsBackGrantsNothing) {
  RehearsalBudget budget;
  const int who = 0;
  ASSERT_TRUE(budget.begin(&who, false, after(100)));
  budget.ended(milliseconds(100), after(100));
  EXPECT_FALSE(budget.begin(&who, false, after(0)));
  EXPECT_FALSE(budget.begin(&who, false, after(104)));
  EXPECT_TRUE(budget.begin(&who, false, after(106)));
}

}  // namespace
}  // namespace tideline::control
