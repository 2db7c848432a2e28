#include "policy/constraints.h"

#include "tests/policy/tables.h"

namespace tideline {
namespace {

using namespace tideline::testing;

TEST(Constraints, WhatIsAbsentForbidsNothing) {
  for (const std::uint32_t cut : {0u, 2u, 4'000'000'000u})
    for (const Codec codec : all_codecs()) EXPECT_TRUE(Constraints{}.allows(plan(cut, codec)));
}

TEST(Constraints, ACutDeeperThanTheDeepestIsNotAllowed) {
  const Constraints constraints{.deepest_cut = 1};
  for (const Codec codec : all_codecs()) {
    EXPECT_TRUE(constraints.allows(plan(0, codec)));
    EXPECT_TRUE(constraints.allows(plan(1, codec)));
    EXPECT_FALSE(constraints.allows(plan(2, codec)));
  }
}

TEST(Constraints, WhatMayNotLeaveTheEdgeDoesNot) {
  const Constraints constraints{.deepest_cut = {}, .first_cut = 1};
  EXPECT_FALSE(constraints.allows(plan(0)));
  EXPECT_TRUE(constraints.allows(plan(1)));
  EXPECT_TRUE(constraints.allows(plan(2))) << "edge-only sends nothing";
}

TEST(Constraints, APlanKeepsItsBytesPerRequestOrIsNotAllowed) {
  const Sending sending{.per_request = Bytes{1000}, .last_cut = 2, .wire = {{plan(0), {1001}}, {plan(1), {1000}}}};
  const Constraints constraints{.deepest_cut = {}, .sending = sending};
  EXPECT_FALSE(constraints.allows(plan(0)));
  EXPECT_TRUE(constraints.allows(plan(1)));
  EXPECT_FALSE(constraints.allows(plan(1, Codec::int8))) << "nobody knows what it sends";
  EXPECT_TRUE(constraints.allows(plan(2)));
}

TEST(Constraints, ABudgetOfTheDayIsNeverOverrun) {
  const Sending sending{.per_day = Bytes{1000}, .last_cut = 2, .wire = {{plan(1), {400}}}};
  const Constraints constraints{.deepest_cut = {}, .sending = sending};
  EXPECT_TRUE(constraints.allows(plan(1))) << "for good";
  EXPECT_TRUE(constraints.allows(plan(1), Bytes{600}));
  EXPECT_FALSE(constraints.allows(plan(1), Bytes{601}));
  EXPECT_FALSE(constraints.allows(plan(1), Bytes{~std::uint64_t{0}}));
  EXPECT_FALSE(constraints.allows(plan(1), std::nullopt)) << "what was sent is not known";
  EXPECT_TRUE(constraints.allows(plan(2), std::nullopt));
}

TEST(Contradiction, IsNothingWhereAPlanIsLeft) {
  const std::vector<Plan> plans{plan(0), plan(1), plan(2)};
  EXPECT_EQ(contradiction({.deepest_cut = 1, .first_cut = 1}, plans), std::nullopt);
}

TEST(Contradiction, NamesTheFewestThatTogetherForbidAll) {
  const std::vector<Plan> plans{plan(0), plan(1), plan(2)};
  Constraints both{.deepest_cut = 0, .first_cut = 1};
  EXPECT_EQ(contradiction(both, plans),
            "the memory budget and the first cut that may leave the edge together forbid every plan there is; give up "
            "one of them");
  both.sending = Sending{.per_request = Bytes{10}, .last_cut = 9};
  EXPECT_EQ(contradiction(both, plans), "the bytes per request forbids every plan there is; ask for less");
  EXPECT_EQ(contradiction({}, {}), "the table has no plan at all; measure one with --profile");
}

TEST(Constraints, SayWhatForbidsAPlan) {
  const Plan plan{std::string(64, 'a'), 1, Codec::fp32};
  Constraints both{.deepest_cut = 0, .first_cut = 2};
  EXPECT_EQ(forbidding(both, plan, Bytes{0}),
            (std::vector<std::string_view>{"the memory budget", "the first cut that may leave the edge"}));
  EXPECT_TRUE(forbidding({}, plan, std::nullopt).empty());
  const Sending daily{.per_day = Bytes{1000}, .last_cut = 3, .wire = {{plan, Bytes{600}}}};
  const Constraints day{.deepest_cut = {}, .sending = daily};
  EXPECT_TRUE(forbidding(day, plan, Bytes{400}).empty());
  EXPECT_EQ(forbidding(day, plan, Bytes{401}), std::vector<std::string_view>{"the bytes per day"});
}

}  // namespace
}  // namespace tideline
