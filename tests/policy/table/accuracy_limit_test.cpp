#include "policy/table/accuracy_limit.h"

#include "tests/policy/tables.h"

#include <gtest/gtest.h>

namespace tideline::table {
namespace {

using fixtures::cell;
using fixtures::ms;
using fixtures::origin;
using fixtures::plan_at;

TEST(AccuracyLimitOf, ATableIsTheDefaultOverItsAgreements) {
  auto from = fixtures::origin();
  from.inputs = "190 images";
  Cell one = fixtures::cell({}, {}, {fixtures::ms(10), ms(20), ms(30)});
  one.estimates[1].plan.codec = plan::Codec::q4;
  one.estimates[1].agreement = {0.995, 0.25, 190};
  const plan::AccuracyLimit limit = accuracy_limit_of(*PartitionTable::make(from, {one}));
  EXPECT_TRUE(limit.is_default());
  EXPECT_EQ(limit.measured, (std::map<plan::Plan, plan::Agreement>{{plan_at(1, plan::Codec::q4), {0.995, 0.25, 190}}}));
  EXPECT_EQ(limit.last_cut, 2u);
  EXPECT_EQ(limit.precisions, from.precisions);
  EXPECT_TRUE(limit.real_inputs);
  EXPECT_TRUE(limit.allows(plan_at(1, plan::Codec::q4)));
  EXPECT_FALSE(limit.allows(plan_at(1, plan::Codec::q2))) << "it was not measured";
}

TEST(AccuracyLimitOf, RandomInputsAllowsNoSteps) {
  auto from = origin();
  from.inputs = "random images";
  const plan::AccuracyLimit limit = accuracy_limit_of(from, {{plan_at(1, plan::Codec::q4), {1, 0, 190}}});
  EXPECT_FALSE(limit.real_inputs);
  EXPECT_FALSE(limit.allows(plan_at(1, plan::Codec::q4)));
}

}  // namespace
}  // namespace tideline::table
