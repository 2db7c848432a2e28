#include "profiler/campaign/loss_trial.h"

#include "tests/profiler/campaigns.h"

#include <gmock/gmock.h>

namespace tideline::campaign {
namespace {

using namespace tideline::fixtures;
using testing::ElementsAre;
using testing::IsEmpty;

const plan::Plan kFine{kModel, 1, plan::Codec::q64}, kCoarse{kModel, 1, plan::Codec::q1},
    kLater{kModel, 2, plan::Codec::q8};

// Adds that many inputs, of which the first ones are answered otherwise.
void add_answers(LossTrial& trial, const plan::Plan& plan, int inputs, int wrong, double error = 0.01) {
  for (int i = 0; i < inputs; ++i) trial.add(plan, {i < wrong ? 0.0 : 1.0, error, 1});
}

TEST(LossTrial, AtNinetyNinePercentOneOfAHundredInputsMayBeAnsweredOtherwise) {
  LossTrial trial(std::vector{kFine, kLater}, {}, 100);
  add_answers(trial, kFine, 100, 1);
  add_answers(trial, kLater, 100, 2);
  const auto passed = trial.passed();
  ASSERT_EQ(passed.size(), 1u);
  EXPECT_EQ(passed.begin()->first, kFine);
  EXPECT_EQ(passed.begin()->second, (plan::Agreement{0.99, 0.01, 100}));
}

TEST(LossTrial, APlanThatCannotPassAnyMoreIsTriedNoFurther) {
  LossTrial trial(std::vector{kFine, kCoarse}, {}, 100);
  EXPECT_THAT(trial.going(), ElementsAre(kFine, kCoarse));
  add_answers(trial, kCoarse, 1, 1);
  EXPECT_THAT(trial.going(), ElementsAre(kFine, kCoarse)) << "one may be wrong";
  add_answers(trial, kCoarse, 1, 1);
  EXPECT_THAT(trial.going(), ElementsAre(kFine));
}

TEST(LossTrial, APlanThatWasNotTriedOverAllInputsHasNotPassed) {
  LossTrial trial(std::vector{kFine}, {}, 100);
  add_answers(trial, kFine, 99, 0);
  EXPECT_THAT(trial.passed(), IsEmpty());
}

TEST(LossTrial, OfEachCutThePlanThatSendsLeastPasses) {
  LossTrial trial(std::vector{kFine, kCoarse, kLater}, {}, 10);
  for (const plan::Plan& plan : {kFine, kCoarse, kLater}) add_answers(trial, plan, 10, 0);
  const auto passed = trial.passed();
  EXPECT_EQ(passed.size(), 2u);
  EXPECT_TRUE(passed.contains(kCoarse) && passed.contains(kLater));
}

TEST(LossTrial, TheLargestErrorCountsIfItIsLimited) {
  LossTrial trial(std::vector{kFine, kLater}, {.min_top1 = 0, .max_error = 0.05}, 10);
  add_answers(trial, kFine, 10, 10, 0.05);
  add_answers(trial, kLater, 1, 0, 0.051);
  EXPECT_THAT(trial.going(), ElementsAre(kFine));
  EXPECT_EQ(trial.passed().size(), 1u);
}

}  // namespace
}  // namespace tideline::campaign
