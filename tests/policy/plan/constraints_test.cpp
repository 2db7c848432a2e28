#include "policy/plan/constraints.h"

#include "tests/policy/tables.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace tideline::plan {
namespace {

using namespace tideline::fixtures;

TEST(Constraints, WhatIsAbsentForbidsNothing) {
  for (const std::uint32_t cut : {0u, 2u, 4'000'000'000u})
    for (const Codec codec : all_codecs()) EXPECT_TRUE(Constraints{}.allows(plan_at(cut, codec)));
}

TEST(Constraints, ACutDeeperThanTheDeepestIsNotAllowed) {
  const Constraints constraints{.deepest_cut = 1};
  for (const Codec codec : all_codecs()) {
    EXPECT_TRUE(constraints.allows(plan_at(0, codec)));
    EXPECT_TRUE(constraints.allows(plan_at(1, codec)));
    EXPECT_FALSE(constraints.allows(plan_at(2, codec)));
  }
}

TEST(Constraints, WhatMayNotLeaveTheEdgeDoesNot) {
  const Constraints constraints{.deepest_cut = {}, .first_cut = 1};
  EXPECT_FALSE(constraints.allows(plan_at(0)));
  EXPECT_TRUE(constraints.allows(plan_at(1)));
  EXPECT_TRUE(constraints.allows(plan_at(2))) << "edge-only sends nothing";
}

TEST(Constraints, APlanKeepsItsBytesPerRequestOrIsNotAllowed) {
  const TrafficLimit sending{
      .per_request = Bytes{1000}, .last_cut = 2, .wire = {{plan_at(0), {1001}}, {plan_at(1), {1000}}}};
  const Constraints constraints{.deepest_cut = {}, .sending = sending};
  EXPECT_FALSE(constraints.allows(plan_at(0)));
  EXPECT_TRUE(constraints.allows(plan_at(1)));
  EXPECT_FALSE(constraints.allows(plan_at(1, Codec::q16))) << "nobody knows what it sends";
  EXPECT_TRUE(constraints.allows(plan_at(2)));
}

TEST(Constraints, ABudgetOfTheDayIsNeverOverrun) {
  const TrafficLimit sending{.per_day = Bytes{1000}, .last_cut = 2, .wire = {{plan_at(1), {400}}}};
  const Constraints constraints{.deepest_cut = {}, .sending = sending};
  EXPECT_TRUE(constraints.allows(plan_at(1))) << "for good";
  EXPECT_TRUE(constraints.allows(plan_at(1), Bytes{600}));
  EXPECT_FALSE(constraints.allows(plan_at(1), Bytes{601}));
  EXPECT_FALSE(constraints.allows(plan_at(1), Bytes{~std::uint64_t{0}}));
  EXPECT_FALSE(constraints.allows(plan_at(1), std::nullopt)) << "what was sent is not known";
  EXPECT_TRUE(constraints.allows(plan_at(2), std::nullopt));
}

TEST(Constraints, SayThatTheDefaultForbidsAStep) {
  const Plan step = plan_at(0, Codec::q4);
  Constraints constraints{.accuracy = AccuracyLimit{.last_cut = 2}};
  EXPECT_EQ(why_forbidden(constraints, step, Bytes{}), "the default accuracy (that needs 100 real inputs)");
  constraints.accuracy->real_inputs = true;
  constraints.accuracy->measured[step] = {0.5, 0.25, 128};
  EXPECT_EQ(why_forbidden(constraints, step, Bytes{}),
            "the default accuracy (it has top-1 50 %, largest error 25 %, over 128 inputs)");
}

TEST(Constraints, ARequestMaySendWhatBothLimitsLeave) {
  EXPECT_EQ(TrafficLimit{}.most(Bytes{0}), std::nullopt);
  EXPECT_EQ(TrafficLimit{.per_request = Bytes{300}}.most(std::nullopt), Bytes{300});
  const TrafficLimit both{.per_request = Bytes{300}, .per_day = Bytes{1000}};
  EXPECT_EQ(both.most(Bytes{0}), Bytes{300});
  EXPECT_EQ(both.most(Bytes{900}), Bytes{100});
  EXPECT_EQ(both.most(Bytes{1001}), Bytes{0});
  EXPECT_EQ(both.most(std::nullopt), Bytes{0}) << "what was sent is not known";
}

TEST(Contradiction, IsNothingWhereAPlanIsLeft) {
  const std::vector<Plan> plans{plan_at(0), plan_at(1), plan_at(2)};
  EXPECT_EQ(contradiction({.deepest_cut = 1, .first_cut = 1}, plans), std::nullopt);
}

TEST(Contradiction, NamesTheFewestThatTogetherForbidAll) {
  const std::vector<Plan> plans{plan_at(0), plan_at(1), plan_at(2)};
  Constraints both{.deepest_cut = 0, .first_cut = 1};
  EXPECT_EQ(
      contradiction(both, plans),
      "no plan satisfies the memory budget and the first cut that may leave the edge together; relax one of them");
  both.sending = TrafficLimit{.per_request = Bytes{10}, .last_cut = 9};
  EXPECT_EQ(contradiction(both, plans), "no plan satisfies the bytes per request; relax it");
  EXPECT_EQ(contradiction({}, {}), "the table has no plan; measure one with --profile");
}

TEST(Constraints, SayWhatForbidsAPlan) {
  const Plan plan{std::string(64, 'a'), 1, Codec::fp32};
  Constraints both{.deepest_cut = 0, .first_cut = 2};
  EXPECT_EQ(forbidding(both, plan, Bytes{0}),
            (std::vector<std::string_view>{"the memory budget", "the first cut that may leave the edge"}));
  EXPECT_TRUE(forbidding({}, plan, std::nullopt).empty());
  const TrafficLimit daily{.per_day = Bytes{1000}, .last_cut = 3, .wire = {{plan, Bytes{600}}}};
  const Constraints day{.deepest_cut = {}, .sending = daily};
  EXPECT_TRUE(forbidding(day, plan, Bytes{400}).empty());
  EXPECT_EQ(forbidding(day, plan, Bytes{401}), std::vector<std::string_view>{"the bytes per day"});
}

// One of each kind that forbids cut 0, and what it says of it.
struct Forbids {
  std::string_view name;
  Constraints constraints;
  std::string why;
};

std::vector<Forbids> one_of_each() {
  const TrafficLimit request{.per_request = Bytes{1000}, .last_cut = 2, .wire = {{plan_at(0), {1001}}}};
  const TrafficLimit day{.per_day = Bytes{1000}, .last_cut = 2, .wire = {{plan_at(0), {1001}}}};
  const TrafficLimit unknown{.per_request = Bytes{1000}, .last_cut = 2};
  const TrafficLimit unknown_of_day{.per_day = Bytes{1000}, .last_cut = 2};
  const AccuracyLimit unmeasured{.min_top1 = 0.9, .precisions = {Precision::bf16, Precision::bf16}, .last_cut = 2};
  AccuracyLimit poor = unmeasured;
  poor.measured[plan_at(0)] = {.top1 = 0.5, .max_error = 0.1, .inputs = 10};
  AccuracyLimit unlabelled = unmeasured;
  unlabelled.min_top1.reset();
  unlabelled.min_accuracy = 0.7;
  unlabelled.measured[plan_at(0)] = {.top1 = 1, .max_error = 0.1, .inputs = 10};
  AccuracyLimit wrong = unlabelled;
  wrong.measured[plan_at(0)].accuracy = Accuracy{.labelled = 10, .top1 = 6, .top5 = 10};
  return {
      {"the accuracy that is asked", {.deepest_cut = {}, .accuracy = unmeasured}, "it was not measured"},
      {"the accuracy that is asked",
       {.deepest_cut = {}, .accuracy = poor},
       "it has " + to_string(poor.measured[plan_at(0)])},
      {"the accuracy that is asked",
       {.deepest_cut = {}, .accuracy = unlabelled},
       "its accuracy was not measured; it has top-1 100 %, largest error 10 %, over 10 inputs"},
      {"the accuracy that is asked",
       {.deepest_cut = {}, .accuracy = wrong},
       "it has top-1 100 %, largest error 10 %, over 10 inputs; accuracy 60 % (31.3 % to 83.2 %) of 10 labelled"},
      {"the first cut that may leave the edge", {.deepest_cut = {}, .first_cut = 1}, "cut 0 comes before cut 1"},
      {"the bytes per request", {.deepest_cut = {}, .sending = request}, "it sends 1001 B, and 1000 B are allowed"},
      {"the bytes per request", {.deepest_cut = {}, .sending = unknown}, "its size is unknown"},
      {"the bytes per day", {.deepest_cut = {}, .sending = day}, "it sends 1001 B, and of 1000 B were sent 0 B"},
      {"the bytes per day", {.deepest_cut = {}, .sending = unknown_of_day}, "its size is unknown"},
  };
}

TEST(Constraints, EachSaysByItselfWhatItForbidsAndWhy) {
  for (const Forbids& one : one_of_each()) {
    SCOPED_TRACE(fmt::format("{}: {}", one.name, one.why));
    EXPECT_FALSE(one.constraints.allows(plan_at(0)));
    EXPECT_EQ(forbidding(one.constraints, plan_at(0), Bytes{}), std::vector{one.name});
    EXPECT_EQ(why_forbidden(one.constraints, plan_at(0), Bytes{}), fmt::format("{} ({})", one.name, one.why));
    EXPECT_EQ(contradiction(one.constraints, std::vector{plan_at(0)}),
              fmt::format("no plan satisfies {}; relax it", one.name));
  }
  const Constraints memory{.deepest_cut = 1};
  EXPECT_EQ(why_forbidden(memory, plan_at(2), Bytes{}), "the memory budget (heads up to cut 1 are held)");
  EXPECT_EQ(contradiction(memory, std::vector{plan_at(2)}), "no plan satisfies the memory budget; relax it");
}

TEST(Constraints, WhatForbidsIsNamedIffSomethingDoes) {
  const std::vector<Forbids> all = one_of_each();
  for (const Forbids& a : all)
    for (const Forbids& b : all)
      for (const std::optional<std::uint32_t> deepest : {std::optional<std::uint32_t>(), std::optional(1u)}) {
        Constraints both = a.constraints;
        both.deepest_cut = deepest;
        if (b.constraints.accuracy) both.accuracy = b.constraints.accuracy;
        if (b.constraints.first_cut) both.first_cut = b.constraints.first_cut;
        if (both.sending && b.constraints.sending) {
          if (b.constraints.sending->per_request) both.sending->per_request = b.constraints.sending->per_request;
          if (b.constraints.sending->per_day) both.sending->per_day = b.constraints.sending->per_day;
        } else if (b.constraints.sending) {
          both.sending = b.constraints.sending;
        }
        for (const std::uint32_t cut : {0u, 1u, 2u})
          for (const std::optional<Bytes> sent : {std::optional<Bytes>(), std::optional(Bytes{1})}) {
            EXPECT_EQ(forbidding(both, plan_at(cut), sent).empty(), both.allows(plan_at(cut), sent));
            EXPECT_EQ(why_forbidden(both, plan_at(cut), sent).empty(), both.allows(plan_at(cut), sent));
          }
      }
}

TEST(Constraints, ABatchSendsSoManyTimesAsMuch) {
  const TrafficLimit sending{
      .per_request = Bytes{1000}, .per_day = Bytes{2000}, .last_cut = 2, .wire = {{plan_at(1), {300}}}};
  const Constraints constraints{.deepest_cut = {}, .sending = sending};
  EXPECT_TRUE(constraints.allows(plan_at(1), Bytes{}, 3));
  EXPECT_FALSE(constraints.allows(plan_at(1), Bytes{}, 4)) << "per request";
  EXPECT_FALSE(constraints.allows(plan_at(1), Bytes{1500}, 2)) << "per day";
  EXPECT_FALSE(constraints.allows(plan_at(1), Bytes{}, ~std::uint64_t{0}));
  EXPECT_TRUE(constraints.allows(plan_at(2), Bytes{}, 1000)) << "edge-only sends nothing";
  EXPECT_EQ(why_forbidden(constraints, plan_at(1), Bytes{}, 4),
            "the bytes per request (it sends 300 B for each of 4, and 1000 B are allowed)");
}

}  // namespace
}  // namespace tideline::plan
