#include "policy/decide/adaptive_policy.h"
#include "tests/policy/random_world.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace tideline::decide {
namespace {

using namespace tideline::fixtures;
using ::testing::HasSubstr;

// Cut 0 sends 1 MB; cut 1 sends 100 kB after 30 ms; edge-only takes 200 ms. Tails take 10 ms, round trips 20 ms.
std::shared_ptr<const table::PartitionTable> small_table() {
  table::Cell one = cell({}, {.uplink = 100_Mbps, .rtt = ms(20)}, {ms(0), ms(0), ms(0)});
  one.estimates[0].wire = {1'000'000};
  one.estimates[0].mean = {.network = ms(100), .tail = ms(10)};
  one.estimates[1].wire = {100'000};
  one.estimates[1].mean = {.head = ms(30), .network = ms(28), .tail = ms(10)};
  one.estimates[2].mean = {.head = ms(200)};
  for (table::Estimate& e : one.estimates) e.p95 = e.mean.total();
  return std::make_shared<const table::PartitionTable>(made({one}));
}

plan::Conditions now(double mbps) {
  return {
      .uplink = BitsPerSecond{mbps * 1e6}, .rtt = ms(20), .edge_slowdown = 1.0, .cloud_slowdown = 1.0, .peer_up = true};
}

const plan::Plan kCloud = plan_at(0), kSplit = plan_at(1, plan::Codec::fp16), kEdge = plan_at(2);

TEST(AdaptivePolicy, FollowsTheUplinkBetweenWhatWasMeasured) {
  const AdaptivePolicy policy(small_table(), {});
  EXPECT_EQ(policy.decide({now(1000), kSplit}).move, kCloud) << "38 ms";
  EXPECT_EQ(policy.decide({now(20), kCloud}).move, kSplit) << "100 ms";
  EXPECT_EQ(policy.decide({now(5), kSplit}).move, kEdge) << "220 ms against 200";
}

TEST(AdaptivePolicy, OffersTensorsOfNoHeadWithoutTimeOfTheEdgesSlots) {
  table::Cell cell = small_table()->unstressed();
  for (table::Estimate& e : cell.estimates) e.mean.encode = ms(5);
  const auto offered = [](const table::Cell& only) {
    const auto table = std::make_shared<const table::PartitionTable>(made({only}));
    return AdaptivePolicy(table, {}).offers({now(100), kSplit}).plans;
  };
  EXPECT_EQ(offered(cell)[0].demand.edge, ms(0));
  EXPECT_EQ(offered(cell)[0].demand.total(), ms(115));
  EXPECT_EQ(offered(cell)[1].demand.edge, ms(35));
  cell.estimates[0].plan.codec = plan::Codec::jpeg75;
  EXPECT_EQ(offered(cell)[0].demand.edge, ms(5)) << "the pixels take a slot";
}

TEST(AdaptivePolicy, SaysWhy) {
  const AdaptivePolicy policy(small_table(), {});
  EXPECT_EQ(policy.decide({now(20), kCloud}).why,
            "cut 1 (cut1, fp16) is predicted at 100 ms against 430 ms for cut 0 (cut0, fp32)");
  EXPECT_EQ(policy.decide({now(20), kSplit}).why, "cut 1 (cut1, fp16) is predicted at 100 ms, and no other below that");
  plan::Conditions blind = now(20);
  blind.rtt.reset();
  EXPECT_THAT(policy.decide({blind, kSplit}).why, HasSubstr("; not known: rtt"));
}

TEST(AdaptivePolicy, LeavesAPlanWhoseRequestsBecomeLargerAndSaysSo) {
  table::Cell cell = small_table()->unstressed();
  cell.estimates[0].plan.codec = plan::Codec::source;
  const AdaptivePolicy policy(std::make_shared<const table::PartitionTable>(made({cell})), {});
  const plan::Plan files = plan_at(0, plan::Codec::source);
  Observation seen{now(1000), files};
  EXPECT_EQ(policy.decide(seen).move, std::nullopt) << "38 ms";
  seen.ratios.plans[{0, plan::Codec::source}] = {8, 0};
  EXPECT_EQ(policy.decide(seen).move, kSplit) << "61 ms against 94";
  seen.ratios.plans[{0, plan::Codec::source}] = {0.5, 0};
  EXPECT_THAT(policy.decide(seen).why, HasSubstr("; its requests send 0.5 times the bytes of the table"));
}

TEST(AdaptivePolicy, StaysWhenTheGainIsWithinTheHysteresis) {
  // At 5.71 Mbit/s the split takes 200.1 ms.
  const AdaptivePolicy policy(small_table(), {.hysteresis = 0.03});
  EXPECT_EQ(policy.decide({now(5.71), kSplit}).move, std::nullopt);
  EXPECT_EQ(policy.decide({now(5.71), kEdge}).move, std::nullopt);
  EXPECT_THAT(policy.decide({now(5.71), kSplit}).why, HasSubstr("too little below the 200 ms"));
}

TEST(AdaptivePolicy, OneObservedLoadTeachesEveryPlan) {
  const AdaptivePolicy policy(small_table(), {});
  plan::Conditions loaded = now(200);
  EXPECT_EQ(policy.decide({loaded, kSplit}).move, std::nullopt) << "64 ms against 70 ms";
  loaded.edge_slowdown = 3;
  EXPECT_EQ(policy.decide({loaded, kSplit}).move, kCloud);
  loaded.edge_slowdown = 1;
  loaded.cloud_slowdown = 20;
  EXPECT_EQ(policy.decide({loaded, kSplit}).move, kEdge);
}

TEST(AdaptivePolicy, KeepsTheDeadlineWhereSomePlanDoes) {
  plan::Conditions unsure = now(20);
  unsure.uplink_sd = 1.5;
  EXPECT_EQ(AdaptivePolicy(small_table(), {}).decide({unsure, kEdge}).move, kSplit);
  const AdaptivePolicy policy(small_table(), {}, {.deepest_cut = {}, .deadline = ms(250)});
  EXPECT_EQ(policy.decide({unsure, kSplit}).move, kEdge) << "surely 200 ms, rather than 100 ms or 500";
  const AdaptivePolicy hard(small_table(), {}, {.deepest_cut = {}, .deadline = ms(1)});
  EXPECT_EQ(hard.decide({unsure, kEdge}).move, kSplit);
  EXPECT_THAT(hard.decide({unsure, kEdge}).why, HasSubstr("no plan keeps the deadline of 1 ms"));
}

TEST(AdaptivePolicy, NamesWhatForbidsThePlanThatWouldBeBest) {
  const AdaptivePolicy kept(small_table(), {}, {.deepest_cut = {}, .first_cut = 1});
  const Decision decision = kept.decide({now(1000), kSplit});
  EXPECT_THAT(decision.bound, ::testing::ElementsAre("the first cut that may leave the edge"));
  EXPECT_THAT(decision.why, HasSubstr("not cut 0 (cut0, fp32) at 38 ms, because of the first cut"));
  EXPECT_THAT(kept.decide({now(20), kSplit}).bound, ::testing::IsEmpty()) << "the best plan is allowed";
  plan::Conditions unsure = now(20);
  unsure.uplink_sd = 1.5;
  const AdaptivePolicy timely(small_table(), {}, {.deepest_cut = {}, .deadline = ms(250)});
  EXPECT_THAT(timely.decide({unsure, kEdge}).bound, ::testing::ElementsAre("the deadline"));
}

TEST(AdaptivePolicy, HasAReasonForEverything) {
  const AdaptivePolicy policy(small_table(), {.hysteresis = 0.03});
  EXPECT_EQ(policy.decide({now(20), kCloud}).reason, Reason::gain);
  EXPECT_EQ(policy.decide({now(20), kSplit}).reason, Reason::best);
  EXPECT_EQ(policy.decide({now(5.71), kSplit}).reason, Reason::too_little_gain);
  EXPECT_EQ(policy.decide({now(20), plan_at(1, plan::Codec::q16)}).reason, Reason::unknown_plan);
  EXPECT_EQ(policy.decide({{.peer_up = false}, kSplit}).reason, Reason::edge_alone);
  const AdaptivePolicy small(small_table(), {}, {.deepest_cut = 1});
  EXPECT_EQ(small.decide({now(20), kEdge}).reason, Reason::not_allowed);
  EXPECT_EQ(small.decide({{.peer_up = false}, kSplit}).reason, Reason::nobody);
  const AdaptivePolicy nothing(small_table(), {}, {.deepest_cut = 1, .first_cut = 2});
  EXPECT_EQ(nothing.decide({now(20), kEdge}).reason, Reason::nothing_allowed);
  EXPECT_EQ(name(Reason::too_little_gain), "too_little_gain");
  EXPECT_EQ(name(Reason::nothing_allowed), "nothing_allowed");
}

TEST(AdaptivePolicy, WhereMovingCostsASilenceMovesNothing) {
  const AdaptivePolicy policy(small_table(), {.swap_cost = ms(250)});
  Observation seen{now(5), kSplit};
  seen.requests = 0;
  for (int i = 0; i < 100; ++i) {
    const Decision decision = policy.decide(seen);
    ASSERT_FALSE(decision.move);
    seen.work = decision.work;
  }
  seen.requests = 20;
  EXPECT_EQ(policy.decide(seen).move, kEdge) << "each of them loses 20 ms";
}

TEST(AdaptivePolicy, WeighsEnergyAndCloudCostBesideTheLatency) {
  const Objective dear_cloud{.seconds_per_cloud_second = 20};
  EXPECT_EQ(AdaptivePolicy(small_table(), {.objective = dear_cloud}).decide({now(20), kSplit}).move, kEdge);
  const Objective battery{.seconds_per_joule = 1, .computing_watts = 10, .sending_watts = 0.1};
  EXPECT_EQ(AdaptivePolicy(small_table(), {.objective = battery}).decide({now(50), kSplit}).move, kCloud);
}

TEST(AdaptivePolicy, WithoutAPeerTheEdgeServesAlone) {
  plan::Conditions away = now(1000);
  away.peer_up = false;
  EXPECT_EQ(AdaptivePolicy(small_table(), {}).decide({away, kCloud}).move, kEdge);
  const AdaptivePolicy small(small_table(), {}, {.deepest_cut = 1});
  EXPECT_EQ(small.decide({away, kCloud}).move, std::nullopt);
  EXPECT_THAT(small.decide({away, kCloud}).why, HasSubstr("requests fail until the cloud is back"));
}

TEST(AdaptivePolicy, WhereMovingCostsItMovesOnceStayingHasCostAsMuch) {
  const AdaptivePolicy policy(small_table(), {.swap_cost = ms(250)});
  Observation seen{now(5), kSplit};
  int stayed = 0;
  for (Decision decision = policy.decide(seen); !decision.move; decision = policy.decide(seen), ++stayed)
    seen.work = decision.work;
  EXPECT_EQ(stayed, 12) << "every request loses 20 ms by staying";
}

TEST(AdaptivePolicy, KeepsABudgetOfTheDay) {
  plan::TrafficLimit sending{
      .per_day = Bytes{1'000'000}, .last_cut = 2, .wire = {{kCloud, {1'000'000}}, {kSplit, {100'000}}}};
  const AdaptivePolicy policy(small_table(), {}, {.deepest_cut = {}, .sending = sending});
  Observation seen{now(1000), kEdge};
  EXPECT_EQ(policy.decide(seen).move, std::nullopt) << "how much was sent is not known";
  seen.sent_today = Bytes{0};
  EXPECT_EQ(policy.decide(seen).move, kCloud);
  seen.sent_today = Bytes{500'000};
  EXPECT_EQ(policy.decide(seen).move, kSplit);
  seen.sent_today = Bytes{950'000};
  EXPECT_EQ(policy.decide(seen).move, std::nullopt);
}

TEST(AdaptivePolicy, ItsEnvelopeTellsWhereTheBestPlanChanges) {
  const predict::Envelope envelope = AdaptivePolicy(small_table(), {}).envelope(now(1));
  ASSERT_EQ(envelope.members().size(), 3u);
  EXPECT_NEAR(1 / envelope.breakpoints()[0] / 1e6, 240, 0.5) << "30 ms of head against 900 kB";
  EXPECT_NEAR(1 / envelope.breakpoints()[1] / 1e6, 800.0 / 140, 0.01) << "140 ms against 100 kB";
}

// --- Properties -----------------------------------------------------------------------------------

TEST(AdaptivePolicy, KeepsItsPromisesWhateverItSees) {
  RandomWorld world(17);
  for (int i = 0; i < 5000; ++i) {
    const auto any = std::make_shared<const table::PartitionTable>(world.additive_table());
    const double hysteresis = world.uniform(0, 0.5);
    const AdaptivePolicy policy(any, {.hysteresis = hysteresis});
    const Observation seen = world.observation();
    const Decision decision = policy.decide(seen);
    EXPECT_EQ(policy.decide(seen).move, decision.move) << "the same question has the same answer";
    EXPECT_FALSE(decision.why.empty());
    EXPECT_NE(decision.move, seen.current) << "a move goes elsewhere";
    const plan::Plan chosen = decision.move.value_or(seen.current);
    if (seen.now.peer_up != true) {
      EXPECT_EQ(chosen, any->edge_only());
      continue;
    }
    Observation after = seen;
    after.current = chosen;
    EXPECT_EQ(policy.decide(after).move, std::nullopt) << "a move is final while nothing changes";
  }
}

// The bound of adaptive_policy.h: with every prediction within a factor 1 +- d of the truth.
TEST(AdaptivePolicy, CostsAtMostTheBoundTimesTheBestWhereItsPredictionsAreNearTheTruth) {
  RandomWorld world(18);
  for (int i = 0; i < 5000; ++i) {
    const auto any = std::make_shared<const table::PartitionTable>(world.additive_table());
    const double h = world.uniform(0, 0.3), d = world.uniform(0, 0.5);
    const AdaptivePolicy policy(any, {.hysteresis = h});
    Observation seen = world.observation();
    seen.now.peer_up = true;
    const plan::Plan chosen = policy.decide(seen).move.value_or(seen.current);
    double took = 0, best = HUGE_VAL;
    for (const predict::Prediction& p : policy.model().predict(seen.now).plans) {
      const double truth = seconds(p.mean.total()) / (world.uniform(1 - d, 1 + d));
      if (p.estimate->plan == chosen) took = truth;
      best = std::min(best, truth);
    }
    EXPECT_LE(took, best * (1 + d) / ((1 - d) * (1 - h)) + 1e-9);
  }
}

TEST(AdaptivePolicy, NeverServesWhatIsNotAllowedWhateverItSees) {
  RandomWorld world(19);
  for (int i = 0; i < 5000; ++i) {
    const auto any = std::make_shared<const table::PartitionTable>(world.additive_table());
    const plan::Constraints constraints = world.constraints();
    Observation seen = world.observation();
    if (world.below(2)) seen.sent_today = Bytes{world.below(2'000'000)};
    const Duration swap_cost = world.below(2) ? ms(world.below(100)) : Duration{};
    const AdaptivePolicy policy(any, {.hysteresis = world.uniform(0, 0.5), .swap_cost = swap_cost}, constraints);
    const Decision decision = policy.decide(seen);
    if (decision.move) {
      EXPECT_TRUE(constraints.allows(*decision.move, seen.sent_today)) << decision.why;
    }
    EXPECT_FALSE(decision.why.empty());
  }
}

TEST(AdaptivePolicy, ItsEnvelopeIsWhatTryingEveryPlanFinds) {
  RandomWorld world(20);
  for (int i = 0; i < 1000; ++i) {
    const AdaptivePolicy policy(std::make_shared<const table::PartitionTable>(world.additive_table()), {});
    plan::Conditions seen = world.readings();
    const predict::Envelope envelope = policy.envelope(seen);
    for (int j = 0; j < 10; ++j) {
      seen.uplink = BitsPerSecond{std::pow(10, world.uniform(4, 10))};
      const auto plans = policy.model().predict(seen).plans;
      const auto total = [](const predict::Prediction& p) { return p.mean.total(); };
      const predict::Prediction& best = *std::ranges::min_element(plans, {}, total);
      const Duration found = total(plans[envelope.best(1 / seen.uplink->value)]);
      EXPECT_LE(seconds(found), seconds(total(best)) * (1 + 1e-6) + 1e-6);
    }
  }
}

}  // namespace
}  // namespace tideline::decide
