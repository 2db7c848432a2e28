#include "policy/dispatch/dispatcher.h"

#include "tests/policy/dispatch/offers.h"

#include <gtest/gtest.h>

namespace tideline::dispatch {
namespace {

using std::chrono::milliseconds;

TEST(Dispatcher, KnowsNoPlanOfAModelWithoutOffers) {
  Dispatcher dispatcher({});
  EXPECT_FALSE(dispatcher.begin({"m"}, kStart).offer);
  dispatcher.offer("m", {});
  EXPECT_FALSE(dispatcher.begin({"m"}, kStart).offer);
}

TEST(Dispatcher, ServesByTheUsualPlanWhileNothingWaits) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  for (int i = 0; i < 40; ++i) {
    const auto request = dispatcher.begin({"m"}, kStart + milliseconds(500) * i);
    ASSERT_TRUE(request.offer);
    EXPECT_EQ(request.offer->plan, cut(kHere));
    EXPECT_EQ(request.latency, milliseconds(60));
    dispatcher.end(request.ticket, kStart + milliseconds(500) * i + milliseconds(60));
  }
}

TEST(Dispatcher, GivesTheNextRequestAnotherPlanWhenTheEdgeIsBusy) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  EXPECT_EQ(dispatcher.begin({"m"}, kStart).offer->plan, cut(kHere));
  const auto second = dispatcher.begin({"m"}, kStart + milliseconds(5));
  EXPECT_TRUE(second.offer->demand.sends());
  EXPECT_EQ(second.latency, milliseconds(55) + second.offer->demand.total()) << "it waits for the slot first";
}

TEST(Dispatcher, KeepsTheUsualPlanAgainstOneThatIsHardlyBetter) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(100), split(0, 0, 50, 48, 0)}, .usual = 0, .hysteresis = 0.03});
  EXPECT_EQ(dispatcher.begin({"m"}, kStart).offer->plan, cut(kHere));
  Dispatcher eager({});
  eager.offer("m", {.plans = {here(100), split(0, 0, 50, 46, 0)}, .usual = 0, .hysteresis = 0.03});
  eager.begin({"m"}, kStart - milliseconds(50));
  EXPECT_EQ(eager.begin({"m"}, kStart).offer->plan.cut, 0u);
}

// Alone both take 24 ms of the edge, because of a quota; but one computes 6 ms of a core, the other 12.
TEST(Dispatcher, UnderLoadAPlanTakesWhatItComputesInTheLongRun) {
  const Offers both{.plans = {split(1, 24, 1, 22), split(2, 24, 1, 20)}, .usual = 1, .hysteresis = 0.03};
  const auto computes = [](Dispatcher& dispatcher, std::uint32_t at, int ms) {
    const plan::Plan plan = cut(at);
    dispatcher.worked(&plan, milliseconds(ms));
  };
  Dispatcher dispatcher({});
  computes(dispatcher, 1, 6);
  computes(dispatcher, 2, 12);
  dispatcher.account({.cores = 0.25}, kStart);
  dispatcher.offer("m", both);
  EXPECT_EQ(dispatcher.begin({"m"}, kStart).offer->plan.cut, 2u) << "alone it is the faster one";
  EXPECT_EQ(dispatcher.begin({"m"}, kStart + milliseconds(1)).offer->plan.cut, 1u);
  for (int i = 2; i < 10; ++i)
    EXPECT_EQ(dispatcher.begin({"m"}, kStart + milliseconds(i)).offer->plan.cut, 1u) << "48 ms against 24";
}

// A quarter of a core: a run of 10 ms of CPU time occupies it for 40.
Dispatcher of_a_quarter(const Offers& offers, milliseconds computed = milliseconds(10)) {
  Dispatcher dispatcher({});
  for (const Offer& one : offers.plans) dispatcher.worked(&one.plan, computed);
  dispatcher.account({.cores = 0.25}, kStart);
  dispatcher.offer("m", offers);
  return dispatcher;
}

TEST(Dispatcher, ARunTakesAtLeastWhatItComputes) {
  for (const auto& [cores, expected] : {std::pair(0.25, 30), {1.0, 30}, {2.0, 20}}) {
    Dispatcher dispatcher({});
    const Offers offers{.plans = {here(20)}};
    dispatcher.worked(&offers.plans.front().plan, milliseconds(30));
    dispatcher.account({.cores = cores}, kStart);
    dispatcher.offer("m", offers);
    EXPECT_EQ(dispatcher.begin({"m"}, kStart).latency, milliseconds(expected)) << cores << " cores, 2 threads at most";
  }
}

// In the mean such an edge may be ahead by 37.5 ms.
TEST(Dispatcher, WhatRunsAreAheadOfTheQuotaTheNextOneWaitsFor) {
  Dispatcher dispatcher = of_a_quarter({.plans = {here(20)}});
  const auto serve = [&](int at, Duration expected) {
    const auto request = dispatcher.begin({"m"}, kStart + milliseconds(at));
    EXPECT_EQ(request.latency, expected) << at;
    dispatcher.end(request.ticket, kStart + milliseconds(at) + expected);
  };
  serve(0, milliseconds(20));
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(20)).edge, milliseconds(20)) << "which the edge owes";
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(20)).requests, 0u);
  EXPECT_FALSE(dispatcher.edge_free(kStart + milliseconds(39)));
  EXPECT_TRUE(dispatcher.edge_free(kStart + milliseconds(40)));
  serve(25, milliseconds(20));
  serve(46, milliseconds(20));
  serve(67, std::chrono::microseconds(15'500 + 20'000));  // The edge owes until 120 ms.
  EXPECT_FALSE(dispatcher.edge_free(kStart + milliseconds(159)));
  EXPECT_TRUE(dispatcher.edge_free(kStart + milliseconds(160)));
}

TEST(Dispatcher, ARunIsAheadOfTheQuotaByAPeriodAtMost) {
  Dispatcher dispatcher = of_a_quarter({.plans = {here(20)}}, milliseconds(1000));
  dispatcher.end(dispatcher.begin({"m"}, kStart).ticket, kStart + milliseconds(20));
  EXPECT_FALSE(dispatcher.edge_free(kStart + milliseconds(119)));
  EXPECT_TRUE(dispatcher.edge_free(kStart + milliseconds(120)));
}

// Alone the plan takes 20 ms and the tail 40, so it occupies the edge for 80. It ran for 10.
TEST(Dispatcher, ATailThatTheAnswerEndedOccupiesTheEdgeForWhatWasDoneOfIt) {
  Dispatcher dispatcher = of_a_quarter({.plans = {split(1, 20, 5, 5)}});
  const auto one = dispatcher.begin({"m"}, kStart);
  dispatcher.sends(one.ticket, kStart + milliseconds(20));
  EXPECT_TRUE(dispatcher.edge_free(kStart + milliseconds(40)));
  dispatcher.runs_here(one.ticket, milliseconds(40), kStart + milliseconds(50));
  dispatcher.end(one.ticket, kStart + milliseconds(60));
  EXPECT_FALSE(dispatcher.edge_free(kStart + milliseconds(69)));
  EXPECT_TRUE(dispatcher.edge_free(kStart + milliseconds(70)));
}

// Alone the tail takes 40 ms; among others it occupies a quarter of a core for 80.
TEST(Dispatcher, AmongOthersATailHereTakesAsLongAsItOccupiesTheEdge) {
  constexpr Rest kRest{.there = milliseconds(14), .here = milliseconds(40)};
  Dispatcher dispatcher = of_a_quarter({.plans = {split(1, 20, 5, 5)}});
  const auto lone = dispatcher.begin({"m"}, kStart);
  EXPECT_EQ(dispatcher.sends(lone.ticket, kStart + milliseconds(40), kRest).here, Duration{});
  dispatcher.end(lone.ticket, kStart + milliseconds(50));
  const auto one = dispatcher.begin({"m"}, kStart + milliseconds(60));
  const auto two = dispatcher.begin({"m"}, kStart + milliseconds(60));
  EXPECT_EQ(dispatcher.sends(one.ticket, kStart + milliseconds(100)).here, milliseconds(20)) << "for the other one";
  EXPECT_EQ(dispatcher.sends(two.ticket, kStart + milliseconds(140), kRest).here, milliseconds(40));
}

// Cut 0 computes so much that it is of no use among others. So the plans there are fewer than those of a lone request.
TEST(Dispatcher, ARequestAfterAnotherThatEndedEarlyGetsAPlanOfThoseItIsWeighedBy) {
  Dispatcher dispatcher({});
  for (const auto& [at, ms] : {std::pair(0u, 200), {1u, 6}, {2u, 12}}) {
    const plan::Plan plan = cut(at);
    dispatcher.worked(&plan, milliseconds(ms));
  }
  dispatcher.account({.cores = 0.25}, kStart);
  dispatcher.offer("m", {.plans = {split(0, 20, 1, 24), split(1, 24, 1, 22), split(2, 24, 1, 20)}, .usual = 2});
  const auto first = dispatcher.begin({"m"}, kStart);
  EXPECT_EQ(first.offer->plan.cut, 2u);
  dispatcher.end(first.ticket, kStart + milliseconds(5));
  EXPECT_EQ(dispatcher.begin({"m"}, kStart + milliseconds(6)).offer->plan.cut, 1u);
}

TEST(Dispatcher, ForgetsWhatHasEnded) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  const auto first = dispatcher.begin({"m"}, kStart);
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(20)).edge, milliseconds(40));
  dispatcher.end(first.ticket, kStart + milliseconds(30));
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(30)).requests, 0u);
  dispatcher.end(first.ticket, kStart + milliseconds(31));
  dispatcher.sends(77, kStart);
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(40)).edge, Duration{});
}

TEST(Dispatcher, FollowsARequestFromTheEdgeOverTheUplinkToTheCloud) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {split(0, 10, 40, 20)}});
  const auto one = dispatcher.begin({"m"}, kStart);
  dispatcher.sends(one.ticket, kStart + milliseconds(12));
  const auto late = dispatcher.backlog(kStart + milliseconds(22));
  EXPECT_EQ(late.edge, Duration{});
  EXPECT_EQ(late.uplink, milliseconds(30));
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(57)).uplink, Duration{});
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(57)).cloud, milliseconds(15));
  dispatcher.runs_here(one.ticket, milliseconds(33), kStart + milliseconds(60));
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(60)).edge, milliseconds(33));
}

TEST(Dispatcher, KnowsTheRequestsOfOtherModels) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  dispatcher.offer("other", {.plans = {here(500)}});
  dispatcher.begin({"other"}, kStart);
  EXPECT_NE(dispatcher.begin({"m"}, kStart + milliseconds(1)).offer->plan, cut(kHere));
}

TEST(Dispatcher, GivesARequestThatForcesAPlanThisOne) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  const plan::Plan forced = cut(kHere), unknown = cut(8);
  EXPECT_EQ(dispatcher.begin({.model = "m", .forced = &forced}, kStart).offer->plan, forced);
  EXPECT_FALSE(dispatcher.begin({.model = "m", .forced = &unknown}, kStart).offer);
}

TEST(Dispatcher, SendsTensorsByNoPlanOfImages) {
  Offers offers = alexnet();
  offers.plans[0].plan.codec = plan::Codec::source;
  offers.usual = 0;
  Dispatcher dispatcher({});
  dispatcher.offer("m", offers);
  EXPECT_EQ(dispatcher.begin({.model = "m"}, kStart).offer->plan.codec, plan::Codec::source);
  EXPECT_EQ(dispatcher.begin({.model = "m", .is_image = false}, kStart).offer->plan.codec, plan::Codec::fp32);
}

TEST(Dispatcher, ABatchTakesAsManyTimesAsLong) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(10)}});
  EXPECT_EQ(dispatcher.begin({.model = "m", .batch = 8}, kStart).latency, milliseconds(80));
  EXPECT_EQ(dispatcher.begin({.model = "m"}, kStart).latency, milliseconds(90));
}

TEST(Dispatcher, SaysHowLongARequestThatIsSentWaitsForOthers) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {split(0, 10, 40, 20)}});
  const auto one = dispatcher.begin({"m"}, kStart), two = dispatcher.begin({"m"}, kStart);
  dispatcher.begin({"m"}, kStart);
  EXPECT_EQ(dispatcher.sends(one.ticket, kStart + milliseconds(10)).there, Duration{});
  const Waits waits = dispatcher.sends(two.ticket, kStart + milliseconds(20));
  EXPECT_EQ(waits.there, milliseconds(30));
  EXPECT_EQ(waits.here, milliseconds(10)) << "the third one runs its head";
}

// One request each 80 ms is more than the edge serves alone, at 100 ms. The uplink has to take some, though for each of
// them a tail here would be sooner.
TEST(Dispatcher, WhoseHeadIsDoneIsSentThoughItWouldEndSoonerHereIfThatIsBetterForAll) {
  constexpr Rest kSteady{.there = milliseconds(320), .here = milliseconds(100)};
  constexpr Rest kDark{.there = std::chrono::seconds(20), .here = milliseconds(100)};
  const Offers both{.plans = {here(100), split(0, 1, 300, 20, 0)}};
  const auto eighth_sends = [&](const Rest& rest) {
    Dispatcher dispatcher({});
    dispatcher.offer("m", both);
    std::uint64_t last = 0;
    for (int i = 0; i < 8; ++i) {
      if (i % 5 == 4) dispatcher.end(last, kStart + milliseconds(80) * i);
      last = dispatcher.begin({"m"}, kStart + milliseconds(80) * i).ticket;
    }
    const plan::Plan sending = cut(0);
    const auto mine = dispatcher.begin({"m"}, kStart + milliseconds(640));
    EXPECT_EQ(mine.offer->plan, sending);
    return dispatcher.sends(mine.ticket, kStart + milliseconds(641), rest);
  };
  const Waits waits = eighth_sends(kSteady);
  EXPECT_EQ(waits.stays, false);
  EXPECT_EQ(eighth_sends(kDark).stays, true);
}

TEST(Dispatcher, SaysNotWhereATailRunsOnceNoPlanIsOfferedAnyMore) {
  constexpr Rest kRest{.there = milliseconds(20), .here = milliseconds(10)};
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {split(0, 1, 5, 5, 0)}});
  const auto one = dispatcher.begin({"m"}, kStart), two = dispatcher.begin({"m"}, kStart);
  EXPECT_TRUE(dispatcher.sends(one.ticket, kStart + milliseconds(1), kRest).stays);
  dispatcher.offer("m", {});
  EXPECT_FALSE(dispatcher.begin({"m"}, kStart + milliseconds(2)).offer);
  EXPECT_FALSE(dispatcher.sends(two.ticket, kStart + milliseconds(2), kRest).stays);
}

TEST(Dispatcher, SaysNotWhereATailRunsIfItIsAloneOrForcedOrByASimpleRule) {
  constexpr Rest kRest{.there = std::chrono::seconds(20), .here = milliseconds(1)};
  const plan::Plan sending = cut(0);
  for (const Rule rule : {Rule::finish, Rule::shortest_queue}) {
    Dispatcher dispatcher({});
    dispatcher.offer("m", {.plans = {split(0, 1, 5, 5, 0)}, .rule = rule});
    const auto lone = dispatcher.begin({"m"}, kStart);
    EXPECT_FALSE(dispatcher.sends(lone.ticket, kStart + milliseconds(1), kRest).stays);
    const auto forced = dispatcher.begin({.model = "m", .forced = &sending}, kStart + milliseconds(1));
    EXPECT_FALSE(dispatcher.sends(forced.ticket, kStart + milliseconds(2), kRest).stays);
    const auto third = dispatcher.begin({"m"}, kStart + milliseconds(2));
    EXPECT_EQ(dispatcher.sends(third.ticket, kStart + milliseconds(3), kRest).stays.has_value(), rule == Rule::finish);
    const auto unknown = dispatcher.begin({"m"}, kStart + milliseconds(3));
    EXPECT_FALSE(dispatcher.sends(unknown.ticket, kStart + milliseconds(4)).stays);
  }
}

TEST(Dispatcher, TakesThePlanThatIsInTimeThoughAnotherIsBetterForAll) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  dispatcher.begin({"m"}, kStart);
  const auto hurried = dispatcher.begin({.model = "m", .within = milliseconds(121)}, kStart);
  ASSERT_TRUE(hurried.offer);
  EXPECT_LE(hurried.latency, milliseconds(121));
}

TEST(Dispatcher, RefusesWhatNoPlanCanAnswerInTime) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  const auto refused = dispatcher.begin({.model = "m", .within = milliseconds(59)}, kStart);
  EXPECT_TRUE(refused.refused);
  EXPECT_FALSE(refused.offer);
  EXPECT_EQ(refused.latency, milliseconds(60));
  EXPECT_EQ(dispatcher.backlog(kStart).requests, 0u);
  EXPECT_FALSE(dispatcher.begin({.model = "m", .within = milliseconds(60)}, kStart).refused);
}

TEST(Dispatcher, AUsualDeadlineRefusesOnlyBecauseOfOtherRequests) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(60)}});
  EXPECT_FALSE(dispatcher.begin({.model = "m", .within = milliseconds(50), .strict = false}, kStart).refused);
  EXPECT_FALSE(dispatcher.begin({.model = "m", .within = milliseconds(120), .strict = false}, kStart).refused);
  EXPECT_TRUE(dispatcher.begin({.model = "m", .within = milliseconds(120), .strict = false}, kStart).refused);
}

TEST(Dispatcher, AUsualDeadlineAlsoCountsTheTimeBeforeTheRequestBegins) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(60)}});
  const Dispatcher::Asked late{.model = "m", .within = milliseconds(50), .strict = false, .waited = milliseconds(70)};
  EXPECT_TRUE(dispatcher.begin(late, kStart).refused) << "without the wait it would have been in time";
}

TEST(Dispatcher, OthersAreTheReasonIfAnyPlanWouldBeInTimeWithoutThem) {
  Dispatcher dispatcher({});
  const Offer sends = split(0, 0, 40, 10, 0);
  dispatcher.offer("m", {.plans = {here(100), sends}});
  for (int i = 0; i < 4; ++i) dispatcher.begin({.model = "m", .forced = &sends.plan}, kStart);
  EXPECT_TRUE(dispatcher.begin({.model = "m", .within = milliseconds(60), .strict = false}, kStart).refused);
  const auto slow = dispatcher.begin({.model = "m", .within = milliseconds(40), .strict = false}, kStart);
  EXPECT_FALSE(slow.refused) << "it takes 50 ms even alone";
  EXPECT_EQ(slow.latency, milliseconds(100));
}

TEST(Dispatcher, SaysHowSoonARequestCouldEndNowAndAlone) {
  Dispatcher dispatcher({});
  EXPECT_FALSE(dispatcher.soonest({"m"}, kStart));
  dispatcher.offer("m", {.plans = {here(60)}});
  dispatcher.begin({"m"}, kStart);
  const auto soonest = dispatcher.soonest({"m"}, kStart + milliseconds(20));
  ASSERT_TRUE(soonest);
  EXPECT_EQ(soonest->now, milliseconds(100));
  EXPECT_EQ(soonest->alone, milliseconds(60));
  EXPECT_EQ(dispatcher.backlog(kStart).requests, 1u) << "asking begins nothing";
}

TEST(Dispatcher, AHigherPriorityWaitsForTheOneThatRunsAlone) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(60)}});
  for (int i = 0; i < 3; ++i) dispatcher.begin({.model = "m", .priority = 5}, kStart);
  EXPECT_EQ(dispatcher.begin({.model = "m", .priority = 5}, kStart).latency, milliseconds(240));
  EXPECT_EQ(dispatcher.begin({.model = "m", .priority = 1}, kStart).latency, milliseconds(120));
  EXPECT_FALSE(dispatcher.begin({.model = "m", .within = milliseconds(180), .priority = 1}, kStart).refused);
}

TEST(Dispatcher, TheSlotThatIsLeftGoesToTheHighestPriority) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(60)}});
  const auto first = dispatcher.begin({.model = "m", .priority = 5}, kStart);
  dispatcher.begin({.model = "m", .priority = 5}, kStart);
  dispatcher.begin({.model = "m", .priority = 1}, kStart);
  dispatcher.end(first.ticket, kStart + milliseconds(60));
  // The third one runs since then and has 40 ms left; the second one's 60 ms come after it and this one.
  EXPECT_EQ(dispatcher.begin({.model = "m", .priority = 1}, kStart + milliseconds(80)).latency, milliseconds(100));
  EXPECT_EQ(dispatcher.begin({.model = "m", .priority = 5}, kStart + milliseconds(80)).latency, milliseconds(220));
}

TEST(Dispatcher, AHigherPriorityPassesThoseThatWaitInTheCloud) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {split(0, 0, 10, 60, 0)}, .cloud_slots = 1});
  for (int i = 0; i < 2; ++i) dispatcher.begin({.model = "m", .priority = 5}, kStart);
  const auto low = dispatcher.begin({.model = "m", .priority = 5}, kStart);
  EXPECT_EQ(low.latency, milliseconds(190));
  dispatcher.end(low.ticket, kStart);
  EXPECT_EQ(dispatcher.begin({.model = "m", .priority = 1}, kStart).latency, milliseconds(130));
}

TEST(Dispatcher, RequestsWaitForTheCloudsSlotsOnlyIfAllAreTaken) {
  for (const int slots : {1, 2, 3}) {
    Dispatcher dispatcher({});
    dispatcher.offer("m", {.plans = {split(0, 0, 10, 60, 0)}, .cloud_slots = slots});
    std::vector<Duration> latencies;
    for (int i = 0; i < 3; ++i) latencies.push_back(*dispatcher.begin({"m"}, kStart).latency);
    EXPECT_EQ(latencies[0], milliseconds(70));
    EXPECT_EQ(latencies[1], slots > 1 ? milliseconds(80) : milliseconds(130));
    EXPECT_EQ(latencies[2], slots > 2 ? milliseconds(90) : slots > 1 ? milliseconds(130) : milliseconds(190));
  }
}

TEST(Dispatcher, KnowsThatTheCloudComputesSentRequestsSideBySide) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {split(0, 0, 10, 60, 0)}, .cloud_slots = 2});
  for (int i = 0; i < 2; ++i) dispatcher.sends(dispatcher.begin({"m"}, kStart).ticket, kStart);
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(50)).cloud, milliseconds(20 + 30)) << "from 10 ms and from 20 ms";
}

TEST(Dispatcher, TakesImpossibleSlotsForTheNearestPossible) {
  for (const int slots : {-1, 0, 1'000'000'000}) {
    Dispatcher dispatcher({});
    dispatcher.offer("m", {.plans = {split(0, 0, 10, 60, 0)}, .cloud_slots = slots});
    dispatcher.begin({"m"}, kStart);
    EXPECT_EQ(dispatcher.begin({"m"}, kStart).latency, slots > 0 ? milliseconds(80) : milliseconds(130));
  }
}

TEST(Dispatcher, WeighsLongQueuesAsAWhole) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(10), split(0, 0, 20, 1, 0)}});
  std::uint64_t at_edge = 0;
  for (int i = 0; i < 300; ++i)
    if (!dispatcher.begin({"m"}, kStart).offer->demand.sends()) ++at_edge;
  EXPECT_NEAR(static_cast<double>(at_edge), 200, 10) << "both queues are equally long";
  EXPECT_EQ(dispatcher.backlog(kStart).requests, 300u);
}

TEST(Dispatcher, MeasuresRateAndBurstsOfArrivals) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(1)}});
  EXPECT_EQ(dispatcher.rate(kStart), 0);
  for (int i = 0; i <= 32; ++i) dispatcher.begin({"m"}, kStart + milliseconds(100) * i);
  EXPECT_NEAR(dispatcher.rate(kStart + milliseconds(3250)), 10, 0.01);
  EXPECT_NEAR(dispatcher.burstiness(), 0, 1e-9);
  EXPECT_LT(dispatcher.rate(kStart + std::chrono::seconds(60)), 1);
  for (int i = 0; i < 32; ++i) dispatcher.begin({"m"}, kStart + std::chrono::seconds(4 + i / 4));
  EXPECT_GT(dispatcher.burstiness(), 2);
}

TEST(Dispatcher, SimpleRulesChooseBetweenTheEdgeAndTheFastestPlanThatSends) {
  for (const Rule rule : {Rule::shortest_queue, Rule::least_work}) {
    Dispatcher dispatcher({});
    Offers offers = alexnet();
    offers.rule = rule;
    dispatcher.offer("m", offers);
    EXPECT_EQ(dispatcher.begin({"m"}, kStart).offer->plan, cut(kHere));
    EXPECT_TRUE(dispatcher.begin({"m"}, kStart + milliseconds(1)).offer->demand.sends());
  }
}

}  // namespace
}  // namespace tideline::dispatch
