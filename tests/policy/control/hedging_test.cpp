#include "policy/control/hedging.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tideline::control {
namespace {

using namespace std::chrono_literals;

TEST(LateAfter, IsWhenLatenessIsEvidentOrTheTailsOwnTimeIsOver) {
  EXPECT_EQ(late_after(100ms, 1s), 130ms);
  EXPECT_EQ(late_after(20ms, 1s), 40ms);
  EXPECT_EQ(late_after(100ms, 50ms), 50ms);
}

TEST(LateAfter, IsNeverBeforeAQuarterOfWhatWasExpectedAndTenMilliseconds) {
  EXPECT_EQ(late_after(100ms, 0ms), 35ms);
  EXPECT_EQ(late_after(0ms, 0ms), 10ms);
}

// With a tail that takes no less than that floor: the ski-rental bound.
TEST(LateAfter, KeepsAnyRequestWithinTwiceTheBetterOfBothWays) {
  for (Duration expected = 0ms; expected < 400ms; expected += 7ms)
    for (Duration local = expected / 4 + 10ms; local < 900ms; local += 13ms)
      for (Duration remote = 1ms; remote < 5s; remote += 97ms) {
        const Duration took = std::min(remote, late_after(expected, local) + local);
        EXPECT_LE(took, 2 * std::min(remote, local));
      }
}

TEST(FasterHere, WhatIsReadyToBeSentStaysForAGainWorthIt) {
  EXPECT_TRUE(faster_here(104ms, 100ms));
  EXPECT_FALSE(faster_here(103ms, 100ms));
  EXPECT_FALSE(faster_here(0ms, 0ms));
}

TEST(HedgeBudget, BoundsTheHedgesByAShareOfTheRequests) {
  HedgeBudget budget(0.1, 3);
  int begun = 0;
  for (int request = 0; request < 1000; ++request) {
    budget.earn();
    begun += budget.take() ? 1 : 0;
  }
  EXPECT_GE(begun, 100);
  EXPECT_LE(begun, 104);
}

TEST(HedgeBudget, KeepsNoMoreThanItsMost) {
  HedgeBudget budget(0.5, 2);
  for (int request = 0; request < 100; ++request) budget.earn();
  EXPECT_TRUE(budget.take());
  EXPECT_TRUE(budget.take());
  EXPECT_FALSE(budget.take());
}

const plan::Plan kPlan{"m", 1, plan::Codec::fp32};
const TimePoint kSent = TimePoint{} + 1h;

Hedging expecting(Duration remote, Duration local) {
  Hedging hedging;
  hedging.expect({.plans = {{kPlan, remote + local, predict::RemainingTime{remote, local}}}});
  return hedging;
}

TEST(Hedging, LooksAtTheUplinkAndHedgesOnceTheAnswerIsLate) {
  Hedging hedging = expecting(100ms, 1s);
  HedgedWait wait = hedging.sent(kPlan, kSent, kSent + 1s);
  EXPECT_EQ(wait.next(), kSent + 50ms);
  EXPECT_EQ(hedging.look(wait, kSent + 50ms, {}), Hedging::Act::wait);
  EXPECT_EQ(hedging.look(wait, kSent + 100ms, {}), Hedging::Act::wait);
  EXPECT_EQ(wait.next(), kSent + 130ms);
  EXPECT_EQ(hedging.look(wait, kSent + 130ms, {}), Hedging::Act::hedge);
  EXPECT_EQ(hedging.counters().begun, 1u);
}

TEST(Hedging, AStallIsHedgedAtOnceAndTakesNothingFromTheBudget) {
  Hedging hedging = expecting(100ms, 1s);
  for (int i = 0; i < 100; ++i) {
    HedgedWait wait = hedging.sent(kPlan, kSent, kSent + 1s);
    EXPECT_EQ(hedging.look(wait, kSent + 50ms, {.stalled = true}), Hedging::Act::hedge);
  }
  EXPECT_EQ(hedging.counters().begun, 100u);
}

TEST(Hedging, WithoutABudgetALateRequestWaitsUntilItGivesUp) {
  Hedging hedging = expecting(10ms, 1s);
  int hedged = 0;
  for (int i = 0; i < 100; ++i) {
    HedgedWait wait = hedging.sent(kPlan, kSent, kSent + 200ms);
    Hedging::Act act = Hedging::Act::wait;
    while (act == Hedging::Act::wait) act = hedging.look(wait, wait.next(), {});
    hedged += act == Hedging::Act::hedge ? 1 : 0;
  }
  EXPECT_GE(hedged, 19) << "ten saved up, and a tenth of the requests";
  EXPECT_LE(hedged, 20);
}

constexpr Hedging::Seen kBusy{.stalled = true, .edge_free = false};

TEST(Hedging, WaitsWhileTheEdgeComputesForOthers) {
  Hedging hedging = expecting(100ms, 1s);
  HedgedWait wait = hedging.sent(kPlan, kSent, kSent + 1s);
  for (TimePoint now = wait.next(); now < kSent + 800ms; now = wait.next()) {
    ASSERT_EQ(hedging.look(wait, now, kBusy), Hedging::Act::wait);
    ASSERT_EQ(wait.next(), now + HedgedWait::kLook) << "it looks again, but not at once";
  }
  EXPECT_EQ(hedging.look(wait, wait.next(), {}), Hedging::Act::hedge) << "its answer is late, and a slot is free";
}

TEST(Hedging, GivesUpWhenASlotIsFreeOrAfterTenTimesItsPatience) {
  Hedging hedging;
  HedgedWait wait = hedging.sent(kPlan, kSent, kSent + 100ms);
  EXPECT_EQ(hedging.look(wait, kSent + 100ms, kBusy), Hedging::Act::wait);
  EXPECT_EQ(hedging.look(wait, kSent + 150ms, {}), Hedging::Act::give_up);
  wait = hedging.sent(kPlan, kSent, kSent + 100ms);
  Hedging::Act act = Hedging::Act::wait;
  TimePoint now = kSent;
  while (act == Hedging::Act::wait) act = hedging.look(wait, now = wait.next(), kBusy);
  EXPECT_EQ(act, Hedging::Act::give_up);
  EXPECT_EQ(now, kSent + 1s);
}

TEST(Hedging, ADeadlineDoesNotWaitForAFreeSlot) {
  Hedging hedging = expecting(200ms, 40ms);
  HedgedWait wait = hedging.sent(kPlan, kSent, kSent + 1s, {}, kSent + 100ms);
  EXPECT_EQ(hedging.look(wait, kSent + 40ms, kBusy), Hedging::Act::hedge);
}

TEST(Hedging, WithoutAForecastABusyEdgeDoesNotWaitBeyondTheDeadline) {
  Hedging hedging;
  HedgedWait wait = hedging.sent(kPlan, kSent, kSent + 100ms, {}, kSent + 100ms);
  EXPECT_EQ(hedging.look(wait, kSent + 50ms, kBusy), Hedging::Act::wait);
  EXPECT_EQ(wait.next(), kSent + 100ms);
  EXPECT_NE(hedging.look(wait, kSent + 100ms, kBusy), Hedging::Act::wait);
}

// Thirty years are the most that a duration of the config may be.
TEST(Hedging, APatienceOfYearsIsNoShorterOnABusyEdge) {
  Hedging hedging;
  const TimePoint until = kSent + std::chrono::hours(24 * 365 * 30);
  HedgedWait wait = hedging.sent(kPlan, kSent, until);
  EXPECT_EQ(hedging.look(wait, kSent + std::chrono::hours(24 * 365), kBusy), Hedging::Act::wait);
  EXPECT_EQ(hedging.look(wait, until, {}), Hedging::Act::give_up);
}

TEST(Hedging, WhatIsNotKnownIsNeverLate) {
  Hedging hedging;
  HedgedWait wait = hedging.sent(kPlan, kSent, kSent + 1s);
  EXPECT_EQ(hedging.look(wait, kSent + 999ms, {}), Hedging::Act::wait);
  EXPECT_EQ(hedging.look(wait, kSent + 1s, {}), Hedging::Act::give_up);
}

TEST(Hedging, APlanThatIsHeldRunsNoTailHereOnlyBecauseThatIsFaster) {
  Hedging hedging = expecting(100ms, 1ms);
  EXPECT_TRUE(hedging.faster_here(kPlan));
  hedging.expect({.plans = {{kPlan, 101ms, predict::RemainingTime{100ms, 1ms}}}, .plan_is_held = true});
  EXPECT_FALSE(hedging.faster_here(kPlan));
}

TEST(Hedging, ATailStaysOrGoesAsIsBetterForAllRequestsUnlessItsPlanIsHeld) {
  Hedging hedging = expecting(100ms, 1ms);
  EXPECT_FALSE(hedging.faster_here(kPlan, {.stays = false}));
  EXPECT_TRUE(expecting(1ms, 100ms).faster_here(kPlan, {.stays = true}));
  hedging.expect({.plans = {{kPlan, 101ms, predict::RemainingTime{100ms, 1ms}}}, .plan_is_held = true});
  EXPECT_FALSE(hedging.faster_here(kPlan, {.stays = true}));
}

TEST(Hedging, StartsTheTailHereSoEarlyThatItEndsBeforeTheDeadline) {
  Hedging hedging;
  hedging.expect({.plans = {{kPlan, 100ms, predict::RemainingTime{.remote = 200ms, .local = 40ms}}}});
  HedgedWait wait = hedging.sent(kPlan, kSent, kSent + 1s, {}, kSent + 100ms);
  EXPECT_EQ(hedging.look(wait, kSent + 39ms, {}), Hedging::Act::wait);
  EXPECT_EQ(hedging.look(wait, kSent + 40ms, {}), Hedging::Act::hedge) << "1.5 times 40 ms before it";
}

TEST(Hedging, LearnsHowMuchLongerTailsTakeHere) {
  Hedging hedging;
  hedging.expect({.plans = {{kPlan, 100ms, predict::RemainingTime{.remote = 200ms, .local = 20ms}}}});
  for (int i = 0; i < 20; ++i) hedging.on_tail_here(kPlan, i == 0 ? 80ms : 22ms);
  HedgedWait wait = hedging.sent(kPlan, kSent, kSent + 1s, {.here = 10ms}, kSent + 120ms);
  EXPECT_EQ(wait.next(), kSent + 22ms)
      << "one of twenty took four times as long; 1.1 times that, and the wait of 10 ms";
  for (int i = 0; i < 64; ++i) hedging.on_tail_here(kPlan, 22ms);
  HedgedWait tight = hedging.sent(kPlan, kSent, kSent + 1s, {.here = 10ms}, kSent + 62ms);
  EXPECT_EQ(tight.next(), kSent + 30ms);
}

// The ratios are 1.00, 1.01, ..., 1.63 times the expected time.
TEST(Hedging, LeavesMoreThanTheNinetyFifthPercentileForATailHereBeforeADeadline) {
  Hedging hedging;
  hedging.expect({.plans = {{kPlan, 100ms, predict::RemainingTime{.remote = 200ms, .local = 100ms}}}});
  for (int i = 0; i < 64; ++i) hedging.on_tail_here(kPlan, 100ms + i * 1ms);
  HedgedWait wait = hedging.sent(kPlan, kSent, kSent + 1s, {}, kSent + 200ms);
  EXPECT_NEAR(tideline::seconds(wait.next() - kSent), 0.0207, 1e-4) << "132 + 3.5 x 28 is more than 1.1 x 163";
}

}  // namespace
}  // namespace tideline::control
