#include "profiler/campaign/learning_choice.h"

#include "tests/profiler/campaigns.h"

#include <gmock/gmock.h>

namespace tideline::campaign {
namespace {

using namespace tideline::fixtures;
using testing::ElementsAre;
using testing::HasSubstr;

journal::Candidate sends(std::uint32_t cut, std::uint64_t bytes, plan::Codec codec = plan::Codec::fp32) {
  return {{kModel, cut, codec}, "", {bytes}};
}

std::vector<std::uint32_t> cuts_of(const std::vector<journal::Candidate>& candidates) {
  std::vector<std::uint32_t> cuts;
  for (const journal::Candidate& candidate : candidates) cuts.push_back(candidate.plan.cut);
  return cuts;
}

const std::vector<journal::Candidate> kFourPlans{sends(0, 1'000'000), sends(1, 250'000), sends(2, 10'000), sends(3, 0)};
constexpr Duration kOneSecond = std::chrono::seconds(1);

TEST(LearningChoice, PlansThatLoseSomethingAreNotLearned) {
  const std::vector<journal::Candidate> all{sends(0, 1, plan::Codec::source), sends(0, 1, plan::Codec::jpeg95),
                                            sends(1, 1, plan::Codec::fp16), sends(1, 1, plan::Codec::q8), sends(1, 1)};
  EXPECT_THAT(cuts_of(allowed_to_learn(all, 3, {})), ElementsAre(0u, 1u));
}

TEST(LearningChoice, PlansThatTheOperatorForbidsAreNotLearned) {
  EXPECT_THAT(cuts_of(allowed_to_learn(kFourPlans, 3, {.first_cut = 2})), ElementsAre(2u, 3u));
  EXPECT_THAT(cuts_of(allowed_to_learn(kFourPlans, 3, {.first_cut = 9})), ElementsAre(3u)) << "edge-only stays";
  EXPECT_THAT(cuts_of(allowed_to_learn(kFourPlans, 3, {.per_request = Bytes{250'000}})), ElementsAre(1u, 2u, 3u));
  EXPECT_THAT(cuts_of(allowed_to_learn({sends(0, 1'000'000, plan::Codec::source)}, 3, {.per_request = Bytes{1}})),
              ElementsAre(0u))
      << "the bytes of an image are not known before";
}

TEST(LearningChoice, AnUploadOfFourTimesTheNetworkHereIsTheLongestWorthIt) {
  EXPECT_EQ(longest_upload({.patience = 10 * kOneSecond}, kOneSecond), 4 * kOneSecond);
  EXPECT_EQ(longest_upload({.patience = 2 * kOneSecond}, kOneSecond), 2 * kOneSecond);
}

TEST(LearningChoice, PlansWhoseUploadTakesTooLongAreLeftOutUntilTheUplinkIsBetter) {
  const LearningChoice choice = choose_to_learn(kFourPlans, BitsPerSecond{2e6}, kOneSecond, {});
  EXPECT_THAT(cuts_of(choice.now), ElementsAre(1u, 2u, 3u));
  EXPECT_EQ(choice.more_from, BitsPerSecond{8e6});
  const LearningChoice poor = choose_to_learn(kFourPlans, BitsPerSecond{1e6}, kOneSecond, {});
  EXPECT_THAT(cuts_of(poor.now), ElementsAre(2u, 3u));
  EXPECT_EQ(poor.more_from, BitsPerSecond{2e6}) << "the next rate that pays";
  const LearningChoice good = choose_to_learn(kFourPlans, BitsPerSecond{8e6}, kOneSecond, {});
  EXPECT_EQ(good.now.size(), kFourPlans.size());
  EXPECT_EQ(good.more_from, std::nullopt);
}

TEST(LearningChoice, WithoutAReadingOfTheUplinkAllAreMeasured) {
  EXPECT_EQ(choose_to_learn(kFourPlans, std::nullopt, kOneSecond, {}).now.size(), kFourPlans.size());
}

TEST(LearningChoice, APlanThatIsKnownIsMeasuredAgainWhateverTheUplink) {
  const LearningChoice choice = choose_to_learn(kFourPlans, BitsPerSecond{1}, kOneSecond, {kFourPlans[0].plan});
  EXPECT_THAT(cuts_of(choice.now), ElementsAre(0u, 3u));
  EXPECT_EQ(choice.more_from, BitsPerSecond{8e4});
}

TEST(LearningChoice, AnImageIsAlwaysWorthAMeasurement) {
  EXPECT_EQ(worth_from(sends(0, 1'000'000, plan::Codec::source), kOneSecond), BitsPerSecond{0});
}

// Of cut 1 .. 4 with these bytes, and heads of 10, 20, 30 and 40 ms.
std::vector<journal::Candidate> steps_at_four_cuts() {
  std::vector<journal::Candidate> all;
  for (std::uint32_t cut = 1; cut <= 4; ++cut)
    for (const plan::Codec codec : {plan::Codec::fp32, plan::Codec::q8, plan::Codec::q1})
      all.push_back(sends(cut, 320'000 / cut, codec));
  return all;
}

std::map<std::uint32_t, Duration> four_heads() {
  std::map<std::uint32_t, Duration> heads;
  for (std::uint32_t cut = 1; cut <= 4; ++cut) heads[cut] = cut * std::chrono::milliseconds(10);
  return heads;
}

TEST(LearningChoice, StepsAreTriedAtTheThreeCutsWhereHeadAndUsualUploadTakeLeast) {
  const auto fast = steps_to_learn(steps_at_four_cuts(), 5, {}, four_heads(), BitsPerSecond{1e9}, kOneSecond);
  EXPECT_THAT(cuts_of(fast), ElementsAre(1u, 1u, 2u, 2u, 3u, 3u)) << "the heads matter";
  const auto slow = steps_to_learn(steps_at_four_cuts(), 5, {}, four_heads(), BitsPerSecond{1e6}, kOneSecond);
  EXPECT_THAT(cuts_of(slow), ElementsAre(2u, 2u, 3u, 3u, 4u, 4u)) << "the uploads matter";
  for (const auto& one : fast) EXPECT_TRUE(is_of_steps(one.plan.codec));
}

TEST(LearningChoice, WithoutAReadingOfTheUplinkTheHeadsAloneMatter) {
  const auto all = steps_at_four_cuts();
  EXPECT_THAT(cuts_of(steps_to_learn(all, 5, {}, four_heads(), std::nullopt, kOneSecond)),
              ElementsAre(1u, 1u, 2u, 2u, 3u, 3u));
}

TEST(LearningChoice, StepsAreNotTriedWhereTheyAreForbiddenOrTakeTooLong) {
  const auto all = steps_at_four_cuts();
  EXPECT_TRUE(steps_to_learn(all, 5, {}, four_heads(), BitsPerSecond{0}, kOneSecond).empty()) << "nothing goes out";
  EXPECT_TRUE(steps_to_learn(all, 5, {}, {}, BitsPerSecond{1e9}, kOneSecond).empty()) << "no head";
  EXPECT_THAT(cuts_of(steps_to_learn(all, 5, {.first_cut = 4}, four_heads(), BitsPerSecond{1e9}, kOneSecond)),
              ElementsAre(4u, 4u));
  EXPECT_THAT(
      cuts_of(steps_to_learn(all, 5, {.per_request = Bytes{3'600}}, four_heads(), BitsPerSecond{1e9}, kOneSecond)),
      ElementsAre(4u))
      << "q1 sends 1.4 bits of 32";
  EXPECT_THAT(cuts_of(steps_to_learn(all, 5, {}, four_heads(), BitsPerSecond{1e6}, kOneSecond / 25)),
              ElementsAre(3u, 4u))
      << "37 and 28 ms";
}

TEST(LearningChoice, ATrialSendsEveryPlanOnceForEachInput) {
  EXPECT_EQ(bytes_to_try(std::vector{sends(1, 320'000, plan::Codec::q8), sends(1, 320'000, plan::Codec::q1)}, 100),
            Bytes{100 * (44'000 + 14'000)});
}

TEST(LearningChoice, ACampaignSendsEveryPlanFiveTimes) {
  EXPECT_EQ(bytes_to_learn(kFourPlans), Bytes{5 * 1'260'000});
  EXPECT_EQ(bytes_to_learn({}), Bytes{0});
}

TEST(LearningChoice, LearningSendsATenthOfADayAtMost) {
  EXPECT_TRUE(check_bytes(1'000_MiB, {}, {1'000_MiB, 1'000_MiB})) << "there is no limit";
  const LearningLimits limits{.per_day = 10_MiB};
  EXPECT_EQ(learning_share(limits), 1_MiB);
  EXPECT_TRUE(check_bytes(1_MiB, limits, {{}, 9_MiB}));
  const auto never = check_bytes(Bytes{(1 << 20) + 1}, limits, {});
  EXPECT_EQ(never.error().kind, ErrorKind::invalid);
  EXPECT_THAT(never.error().message, HasSubstr("more than a tenth of edge.max_sent_per_day (10 MiB); raise that"));
}

TEST(LearningChoice, WhatWasSentWithinADayDelaysLearning) {
  const LearningLimits limits{.per_day = 10_MiB};
  const auto learned = check_bytes(1_MiB, limits, {1_KiB, 1_KiB});
  EXPECT_EQ(learned.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(learned.error().message, HasSubstr("has sent 1 KiB of a tenth of edge.max_sent_per_day (10 MiB)"));
  const auto served = check_bytes(1_MiB, limits, {{}, Bytes{(9 << 20) + 1}});
  EXPECT_EQ(served.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(served.error().message, HasSubstr("of edge.max_sent_per_day (10 MiB) were sent within a day"));
}

}  // namespace
}  // namespace tideline::campaign
