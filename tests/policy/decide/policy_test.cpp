#include "policy/decide/policies.h"
#include "policy/decide/static_policy.h"
#include "policy/decide/table_policy.h"
#include "tests/policy/random_world.h"
#include "tests/policy/tables.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace tideline::decide {
namespace {

using ::testing::HasSubstr;
using namespace tideline::fixtures;

plan::Conditions conditions(double mbps, std::optional<bool> peer_up = true) {
  plan::Conditions c;
  c.uplink = BitsPerSecond{mbps * 1e6};
  c.peer_up = peer_up;
  return c;
}

std::shared_ptr<const table::PartitionTable> three_plans() {
  return std::make_shared<const table::PartitionTable>(
      made({cell({50_Mbps}, conditions(50, {}), {ms(137), ms(89), ms(400)}),
            cell({2_Mbps}, conditions(2, {}), {ms(3000), ms(900), ms(400)})}));
}

// --- StaticPolicy --------------------------------------------------------------------------------

TEST(StaticPolicy, StaysWithItsPlan) {
  const StaticPolicy policy(plan_at(1), plan_at(2));
  EXPECT_EQ(policy.decide({conditions(50), plan_at(1)}).move, std::nullopt);
  EXPECT_EQ(policy.decide({conditions(0.1), plan_at(1)}).move, std::nullopt);
}

TEST(StaticPolicy, ServesByTheEdgeAloneWithoutAPeerAndComesBack) {
  const StaticPolicy policy(plan_at(1), plan_at(2));
  for (const std::optional<bool> peer : {std::optional<bool>(false), std::optional<bool>()}) {
    const Decision away = policy.decide({conditions(50, peer), plan_at(1)});
    EXPECT_EQ(away.move, plan_at(2));
    EXPECT_THAT(away.why, HasSubstr("the cloud is unreachable"));
    EXPECT_EQ(policy.decide({conditions(50, peer), plan_at(2)}).move, std::nullopt);
  }
  EXPECT_EQ(policy.decide({conditions(50), plan_at(2)}).move, plan_at(1));
}

TEST(StaticPolicy, AnEdgeOnlyPlanNeedsNoPeer) {
  const StaticPolicy policy(plan_at(2), plan_at(2));
  const Decision decision = policy.decide({conditions(50, false), plan_at(2)});
  EXPECT_EQ(decision.move, std::nullopt);
  EXPECT_THAT(decision.why, HasSubstr("is configured"));
}

TEST(StaticPolicy, WhereTheEdgeMayNotServeAloneItStaysAndSaysThatRequestsFail) {
  const StaticPolicy policy(plan_at(1), plan_at(2), {.deepest_cut = 1});
  for (const std::uint32_t current : {0u, 1u}) {
    const Decision away = policy.decide({conditions(50, false), plan_at(current)});
    EXPECT_EQ(away.move.value_or(plan_at(current)), plan_at(1));
    EXPECT_THAT(away.why, HasSubstr("requests fail until the cloud is back"));
  }
}

TEST(StaticPolicy, APlanThatIsNotAllowedIsNotServed) {
  const StaticPolicy policy(plan_at(2), plan_at(2), {.deepest_cut = 1});
  for (const bool peer : {true, false}) {
    const Decision decision = policy.decide({conditions(50, peer), plan_at(0)});
    EXPECT_EQ(decision.move, std::nullopt);
    EXPECT_THAT(decision.why, HasSubstr("cut 2 (fp32) is configured but not allowed"));
  }
}

// --- TablePolicy ---------------------------------------------------------------------------------

TEST(TablePolicy, MovesToTheBestPlanOfTheNearestCellAndSaysWhy) {
  const TablePolicy policy(three_plans(), 0.03);
  const Decision decision = policy.decide({conditions(50), plan_at(0)});
  EXPECT_EQ(decision.move, plan_at(1, plan::Codec::fp16));
  EXPECT_EQ(decision.why,
            "cut 1 (cut1, fp16) is predicted at 89 ms against 137 ms for cut 0 (cut0, fp32) in the cell uplink 50 "
            "Mbit/s");
  EXPECT_EQ(policy.decide({conditions(2), plan_at(0)}).move, plan_at(2));
}

TEST(TablePolicy, StaysWithTheBestPlan) {
  const Decision decision = TablePolicy(three_plans(), 0).decide({conditions(50), plan_at(1, plan::Codec::fp16)});
  EXPECT_EQ(decision.move, std::nullopt);
  EXPECT_THAT(decision.why, HasSubstr("no plan is predicted below the 89 ms of cut 1 (cut1, fp16)"));
}

TEST(TablePolicy, StaysWhenTheGainIsWithinTheHysteresis) {
  // 137 - 89 = 48 is 35.04 % of 137.
  const Decision stay = TablePolicy(three_plans(), 0.3504).decide({conditions(50), plan_at(0)});
  EXPECT_EQ(stay.move, std::nullopt);
  EXPECT_THAT(stay.why, HasSubstr("too little below the 137 ms of cut 0"));
  EXPECT_EQ(TablePolicy(three_plans(), 0.3503).decide({conditions(50), plan_at(0)}).move,
            plan_at(1, plan::Codec::fp16));
}

TEST(TablePolicy, DoesNotMoveBetweenEquals) {
  const auto equals = std::make_shared<const table::PartitionTable>(made({cell({}, {}, {ms(5), ms(5), ms(5)})}));
  for (const plan::Plan& current : {plan_at(0), plan_at(1, plan::Codec::fp16), plan_at(2)})
    EXPECT_EQ(TablePolicy(equals, 0).decide({conditions(50), current}).move, std::nullopt);
}

TEST(TablePolicy, ServesByTheEdgeAloneWithoutAPeer) {
  const TablePolicy policy(three_plans(), 0.03);
  for (const std::optional<bool> peer : {std::optional<bool>(false), std::optional<bool>()}) {
    EXPECT_EQ(policy.decide({conditions(50, peer), plan_at(0)}).move, plan_at(2));
    EXPECT_EQ(policy.decide({conditions(50, peer), plan_at(2)}).move, std::nullopt);
    EXPECT_THAT(policy.decide({conditions(50, peer), plan_at(2)}).why, HasSubstr("the cloud is unreachable"));
  }
}

TEST(TablePolicy, LeavesAPlanThatTheTableDoesNotHave) {
  const TablePolicy policy(three_plans(), 0.9);
  for (const plan::Plan& unknown : {plan_at(0, plan::Codec::fp16), plan::Plan{"other", 1, plan::Codec::fp16}}) {
    const Decision decision = policy.decide({conditions(50), unknown});
    EXPECT_EQ(decision.move, plan_at(1, plan::Codec::fp16));
    EXPECT_THAT(decision.why, HasSubstr("the table does not have the current"));
  }
}

TEST(TablePolicy, ChoosesTheBestOfTheAllowedPlans) {
  const TablePolicy policy(three_plans(), 0.03, {.deepest_cut = 0});
  EXPECT_EQ(policy.decide({conditions(50), plan_at(0)}).move, std::nullopt);
  EXPECT_EQ(TablePolicy(three_plans(), 0, {.deepest_cut = 1}).decide({conditions(2), plan_at(0)}).move,
            plan_at(1, plan::Codec::fp16));
}

TEST(TablePolicy, LeavesAPlanThatIsNotAllowed) {
  const Decision decision = TablePolicy(three_plans(), 0.9, {.deepest_cut = 0}).decide({conditions(50), plan_at(1)});
  EXPECT_EQ(decision.move, plan_at(0));
  EXPECT_THAT(decision.why, HasSubstr("the current cut 1 (fp32) is not allowed"));
}

TEST(TablePolicy, WithoutAPeerItStaysWhereTheEdgeMayNotServeAlone) {
  const TablePolicy policy(three_plans(), 0.03, {.deepest_cut = 1});
  const Decision decision = policy.decide({conditions(50, false), plan_at(0)});
  EXPECT_EQ(decision.move, std::nullopt);
  EXPECT_THAT(decision.why, HasSubstr("requests fail until the cloud is back"));
  EXPECT_EQ(policy.decide({conditions(50, false), plan_at(2)}).move, plan_at(1, plan::Codec::fp16))
      << "it may not stay there";
}

TEST(TablePolicy, SaysThatItsTableHasNothingAllowed) {
  std::vector<table::Cell> cells{cell({}, {}, {ms(5), ms(6), ms(7)})};
  cells[0].estimates.erase(cells[0].estimates.begin());
  const TablePolicy policy(std::make_shared<const table::PartitionTable>(made(std::move(cells))), 0,
                           {.deepest_cut = 0});
  const Decision decision = policy.decide({conditions(50), plan_at(0)});
  EXPECT_EQ(decision.move, std::nullopt);
  EXPECT_THAT(decision.why, HasSubstr("no plan of the table is allowed"));
}

// --- Properties over random tables, readings and current plans -----------------------------------

TEST(TablePolicy, KeepsItsPromisesWhateverItSees) {
  RandomWorld world(7);
  for (int i = 0; i < 5000; ++i) {
    const auto any = std::make_shared<const table::PartitionTable>(world.table());
    const double hysteresis = world.uniform(0, 0.5);
    const Observation seen = world.observation();
    const TablePolicy policy(any, hysteresis);
    const Decision decision = policy.decide(seen);

    EXPECT_EQ(policy.decide(seen).move, decision.move) << "the same question has the same answer";
    EXPECT_EQ(policy.decide(seen).why, decision.why);
    EXPECT_FALSE(decision.why.empty());
    EXPECT_NE(decision.move, seen.current) << "a move goes elsewhere";

    const plan::Plan chosen = decision.move.value_or(seen.current);
    if (seen.now.peer_up != true) {
      EXPECT_EQ(chosen, any->edge_only());
      continue;
    }
    const table::Cell& here = any->nearest(seen.now);
    ASSERT_NE(here.find(chosen), nullptr) << "what is served by is in the table";
    double least = 1e18;
    for (const table::Estimate& e : here.estimates) least = std::min(least, seconds(e.mean.total()));
    EXPECT_GE(least, seconds(here.find(chosen)->mean.total()) * (1 - hysteresis) - 1e-9) << decision.why;
  }
}

TEST(Policies, NeverChooseWhatIsNotAllowedWhateverTheySee) {
  RandomWorld world(9);
  for (int i = 0; i < 5000; ++i) {
    const auto any = std::make_shared<const table::PartitionTable>(world.table());
    const plan::Constraints constraints = world.constraints();
    const Observation seen = world.observation();
    const TablePolicy by_table(any, world.uniform(0, 0.5), constraints);
    const StaticPolicy fixed(plan_at(world.below(3)), any->edge_only(), constraints);
    for (const Policy* policy : {static_cast<const Policy*>(&by_table), static_cast<const Policy*>(&fixed)}) {
      const Decision decision = policy->decide(seen);
      if (decision.move) {
        EXPECT_TRUE(constraints.allows(*decision.move)) << decision.why;
      }
      EXPECT_FALSE(decision.why.empty());
    }
  }
}

TEST(TablePolicy, AMoveIsFinalWhileNothingChanges) {
  RandomWorld world(8);
  for (int i = 0; i < 2000; ++i) {
    const TablePolicy policy(std::make_shared<const table::PartitionTable>(world.table()), world.uniform(0, 0.5));
    Observation seen = world.observation();
    if (const auto move = policy.decide(seen).move) seen.current = *move;
    EXPECT_EQ(policy.decide(seen).move, std::nullopt);
  }
}

}  // namespace
}  // namespace tideline::decide
