#include "policy/plan/agreement.h"

#include "policy/plan/constraints.h"
#include "tests/policy/tables.h"

namespace tideline::plan {
namespace {

using namespace tideline::fixtures;

constexpr Precision kFp32 = Precision::fp32, kBf16 = Precision::bf16;
constexpr std::uint32_t kLast = kCuts - 1;
constexpr Codec kStep = Codec::q4;

AccuracyLimit asking(std::optional<double> min_top1, std::optional<double> max_error, Precisions precisions = {}) {
  return {min_top1, max_error, precisions, kLast, {}};
}

TEST(Agreement, IsWrittenForTheOperator) {
  EXPECT_EQ(to_string(Agreement{0.9375, 0.0078125, 16}), "top-1 93.8 %, largest error 0.781 %, over 16 inputs");
}

TEST(Agreement, IsWrittenWithTheAccuracyOrTheBoxesThatWereCounted) {
  Agreement agreement{0.9375, 0.0078125, 200};
  agreement.boxes = Counted{131, 188};
  EXPECT_TRUE(to_string(agreement).ends_with("; keeps 69.7 % (62.8 % to 75.8 %) of 188 boxes"));
  agreement.boxes.reset();
  agreement.accuracy = Accuracy{.labelled = 188, .top1 = 131, .top5 = 170};
  EXPECT_TRUE(to_string(agreement).ends_with("; accuracy 69.7 % (62.8 % to 75.8 %) of 188 labelled"));
}

TEST(Lossy, IsWhatASideOrTheWireRounds) {
  EXPECT_FALSE(is_lossy(plan_at(1), {}, kLast));
  for (const Codec codec : {Codec::fp32, Codec::source, Codec::u8})
    EXPECT_FALSE(is_lossy(plan_at(0, codec), {}, kLast)) << name(codec);
  for (const Codec codec : {Codec::fp16, Codec::q64, Codec::q1, Codec::jpeg95, Codec::jpeg75})
    EXPECT_TRUE(is_lossy(plan_at(0, codec), {}, kLast)) << name(codec);
  EXPECT_TRUE(is_lossy(plan_at(1), {kBf16, kFp32}, kLast));
  EXPECT_TRUE(is_lossy(plan_at(1), {kFp32, kBf16}, kLast));
}

TEST(Lossy, IsNoSideThatComputesNothingAndNoCodecWhereNothingCrosses) {
  EXPECT_FALSE(is_lossy(plan_at(0), {kBf16, kFp32}, kLast));
  EXPECT_TRUE(is_lossy(plan_at(0), {kFp32, kBf16}, kLast));
  EXPECT_FALSE(is_lossy(plan_at(kLast, Codec::fp16), {kFp32, kBf16}, kLast));
  EXPECT_TRUE(is_lossy(plan_at(kLast), {kBf16, kFp32}, kLast));
}

TEST(AccuracyLimit, ThatAsksNothingAllowsEverythingButSteps) {
  EXPECT_TRUE(asking({}, {}, {kBf16, kBf16}).allows(plan_at(1, Codec::fp16)));
  EXPECT_TRUE(asking({}, {}).allows(plan_at(0, Codec::jpeg75)));
  EXPECT_FALSE(asking({}, {}).allows(plan_at(1, kStep))) << "it was not measured";
  EXPECT_TRUE(asking({}, {}).allows(plan_at(kLast, kStep))) << "nothing crosses";
}

TEST(AccuracyLimit, ByDefaultAllowsStepsThatKeepTheClassOfNearlyAllOfEnoughRealInputs) {
  AccuracyLimit accuracy = asking({}, {});
  const auto allows = [&](Agreement agreement) {
    accuracy.measured[plan_at(1, kStep)] = agreement;
    return accuracy.allows(plan_at(1, kStep));
  };
  EXPECT_FALSE(allows({1, 0, 200})) << "random numbers";
  accuracy.real_inputs = true;
  EXPECT_TRUE(allows({0.99, 0.5, 100}));
  EXPECT_FALSE(allows({0.985, 0.5, 200}));
  EXPECT_FALSE(allows({1, 0, 99})) << "too few";
  accuracy.max_error = 0.6;
  EXPECT_TRUE(allows({0.5, 0.5, 1})) << "an operator's limit replaces the default";
}

AccuracyLimit asking_accuracy(double min_accuracy, Precisions precisions = {}) {
  AccuracyLimit accuracy = asking({}, {}, precisions);
  accuracy.min_accuracy = min_accuracy;
  return accuracy;
}

TEST(AccuracyLimit, OfAccuracyAllowsWhatWasRightOftenEnough) {
  AccuracyLimit accuracy = asking_accuracy(0.7);
  const auto allows = [&](std::uint32_t top1) {
    accuracy.measured[plan_at(1, kStep)] = {.top1 = 0.5, .max_error = 1, .inputs = 200};
    accuracy.measured[plan_at(1, kStep)].accuracy = Accuracy{.labelled = 200, .top1 = top1, .top5 = 200};
    return accuracy.allows(plan_at(1, kStep));
  };
  EXPECT_TRUE(allows(140)) << "the share itself counts, and not an end of its interval";
  EXPECT_FALSE(allows(139));
  accuracy.min_top1 = 0.99;
  EXPECT_FALSE(allows(200)) << "every limit holds";
}

TEST(AccuracyLimit, OfAccuracyIsForADetectorTheShareOfKeptBoxes) {
  AccuracyLimit accuracy = asking_accuracy(0.9);
  Agreement& agreement = accuracy.measured[plan_at(1, kStep)] = {.top1 = 0.5, .max_error = 1, .inputs = 200};
  agreement.boxes = Counted{90, 100};
  EXPECT_TRUE(accuracy.allows(plan_at(1, kStep)));
  agreement.boxes = Counted{89, 100};
  EXPECT_FALSE(accuracy.allows(plan_at(1, kStep)));
}

TEST(AccuracyLimit, OfAccuracyForbidsALossyPlanWithoutOne) {
  AccuracyLimit accuracy = asking_accuracy(0.1);
  EXPECT_FALSE(accuracy.allows(plan_at(1, kStep))) << "it was not measured";
  EXPECT_TRUE(accuracy.allows(plan_at(1)));
  for (const Codec codec : {Codec::fp32, kStep})
    accuracy.measured[plan_at(1, codec)] = {.top1 = 1, .max_error = 0, .inputs = 200};
  EXPECT_FALSE(accuracy.allows(plan_at(1, kStep))) << "no image had a label";
  EXPECT_TRUE(accuracy.allows(plan_at(1)));
  EXPECT_FALSE(asking_accuracy(0.1, {kFp32, kBf16}).allows(plan_at(1))) << "the cloud rounds";
}

TEST(AccuracyLimit, OfAccuracyForbidsALosslessPlanThatWasMeasuredToBeWorse) {
  AccuracyLimit accuracy = asking_accuracy(0.7);
  Agreement& agreement = accuracy.measured[plan_at(1)] = {.top1 = 1, .max_error = 0, .inputs = 200};
  agreement.accuracy = Accuracy{.labelled = 200, .top1 = 100, .top5 = 200};
  EXPECT_FALSE(accuracy.allows(plan_at(1)));
}

TEST(AccuracyLimit, IsWrittenForTheOperator) {
  EXPECT_EQ(to_string(asking(0.99, 0.05)), "top-1 at least 99 %, largest error at most 5 %");
  EXPECT_EQ(to_string(asking_accuracy(0.7)), "accuracy at least 70 %");
  EXPECT_EQ(to_string(asking({}, 0.05)), "largest error at most 5 %");
  AccuracyLimit accuracy = asking({}, {});
  accuracy.measured[plan_at(1, kStep)] = {1, 0, 190};
  EXPECT_EQ(to_string(accuracy), "default: no steps, as they need 100 real inputs and were measured over 0");
  accuracy.real_inputs = true;
  EXPECT_EQ(to_string(accuracy), "default: top-1 at least 99 % over 190 inputs");
}

TEST(Inputs, AreRealUnlessTheyAreRandom) {
  EXPECT_TRUE(are_real("190 images"));
  EXPECT_FALSE(are_real("random images"));
  EXPECT_FALSE(are_real(""));
}

TEST(AccuracyLimit, WhatLosesNothingNeedsNoMeasurement) {
  const AccuracyLimit accuracy = asking(1, 0);
  EXPECT_TRUE(accuracy.allows(plan_at(1)));
  EXPECT_FALSE(accuracy.allows(plan_at(1, Codec::fp16)));
  EXPECT_FALSE(asking(0, {}, {kFp32, kBf16}).allows(plan_at(1)));
}

TEST(AccuracyLimit, AllowsWhatWasMeasuredToKeepBoth) {
  AccuracyLimit accuracy = asking(0.9, 0.01, {kBf16, kBf16});
  accuracy.measured[plan_at(0)] = {0.9, 0.01, 16};
  accuracy.measured[plan_at(1)] = {0.89, 0, 16};
  accuracy.measured[plan_at(2)] = {1, 0.011, 16};
  EXPECT_TRUE(accuracy.allows(plan_at(0)));
  EXPECT_FALSE(accuracy.allows(plan_at(1)));
  EXPECT_FALSE(accuracy.allows(plan_at(2)));
  EXPECT_FALSE(accuracy.allows(plan_at(0, Codec::fp16))) << "another plan";
}

TEST(AccuracyLimit, OneOfTheTwoMayBeAskedAlone) {
  AccuracyLimit top1 = asking(0.9, {}, {kBf16, kBf16}), error = asking({}, 0.01, {kBf16, kBf16});
  top1.measured[plan_at(1)] = {1, 5, 16};
  error.measured[plan_at(1)] = {0.1, 0.001, 16};
  EXPECT_TRUE(top1.allows(plan_at(1)));
  EXPECT_TRUE(error.allows(plan_at(1)));
}

// Two machines of fp32 whose instructions differ may round differently: what was measured counts.
TEST(AccuracyLimit, AMeasurementCountsForWhatShouldLoseNothingToo) {
  AccuracyLimit accuracy = asking({}, 0.01);
  accuracy.measured[plan_at(1)] = {1, 0.02, 16};
  EXPECT_FALSE(accuracy.allows(plan_at(1)));
}

TEST(Constraints, AskForMemoryAndAccuracyTogether) {
  const Constraints constraints{.deepest_cut = 1, .accuracy = asking(1, {})};
  EXPECT_TRUE(constraints.allows(plan_at(1)));
  EXPECT_FALSE(constraints.allows(plan_at(2)));
  EXPECT_FALSE(constraints.allows(plan_at(1, Codec::fp16)));
}

}  // namespace
}  // namespace tideline::plan
