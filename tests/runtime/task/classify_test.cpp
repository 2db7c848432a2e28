#include "runtime/task/classify.h"

#include "tests/runtime/task/tensors.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace tideline::task {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsNan;
using testing::NanSensitiveFloatEq;

std::vector<std::size_t> top_indices(const std::vector<float>& scores, std::size_t k) {
  std::vector<std::size_t> indices;
  for (const Class& one : top(scores, k, {})) indices.push_back(one.index);
  return indices;
}

TEST(Classify, TheHighestScoresComeFirstWithTheirLabels) {
  const std::vector<float> scores{0.1F, 0.7F, 0.2F};
  const std::vector<std::string> labels{"ant", "bee", "cat"};
  const std::vector<Class> best = top(scores, 2, labels);
  ASSERT_EQ(best.size(), 2U);
  EXPECT_EQ(best[0].index, 1U);
  EXPECT_EQ(best[0].score, 0.7F);
  EXPECT_EQ(best[0].label, "bee");
  EXPECT_EQ(best[1].label, "cat");
}

TEST(Classify, WithoutLabelsTheLabelIsEmpty) {
  const std::vector<float> scores{1};
  EXPECT_EQ(top(scores, 1, {})[0].label, "");
}

TEST(Classify, EqualScoresGoByIndex) {
  EXPECT_THAT(top_indices({1, 3, 2, 3, 3}, 4), ElementsAre(1, 3, 4, 2));
  EXPECT_THAT(top_indices({-0.0F, 0.0F}, 2), ElementsAre(0, 1)) << "zeros are equal";
}

TEST(Classify, NanComesAfterAllNumbers) {
  EXPECT_THAT(top_indices({kNan, -kInfinity, kNan, kInfinity, 1}, 5), ElementsAre(3, 4, 1, 0, 2));
}

TEST(Classify, ThereAreNoMoreClassesThanScores) {
  EXPECT_THAT(top_indices({1, 2}, 5), ElementsAre(1, 0));
  EXPECT_THAT(top_indices({1, 2}, 0), IsEmpty());
  EXPECT_THAT(top_indices({}, 5), IsEmpty());
}

TEST(Classify, SoftmaxGivesProbabilities) {
  const std::vector<float> scores{std::log(1.0F), std::log(2.0F), std::log(5.0F)};
  const std::vector<float> probabilities = softmax(scores);
  EXPECT_NEAR(probabilities[0], 0.125, 1e-6);
  EXPECT_NEAR(probabilities[1], 0.25, 1e-6);
  EXPECT_NEAR(probabilities[2], 0.625, 1e-6);
}

TEST(Classify, SoftmaxTakesScoresOfAnySize) {
  EXPECT_THAT(softmax(std::vector{3e38F, 3e38F, -3e38F}), ElementsAre(0.5F, 0.5F, 0.0F));
  EXPECT_THAT(softmax(std::vector{-3e38F, -3e38F}), ElementsAre(0.5F, 0.5F));
  EXPECT_THAT(softmax(std::vector<float>()), IsEmpty());
  EXPECT_THAT(softmax(std::vector{-5.0F}), ElementsAre(1.0F));
}

// A second softmax would turn 0.993 into 0.40.
TEST(Classify, ProbabilitiesOfANetworkThatEndsWithASoftmaxStayAsTheyAre) {
  const std::vector<float> given{0.0009772716F, 0.00031304467F, 0.9927268F, 0.0046625F, 0.0013205156F};
  EXPECT_EQ(probabilities(given), given);
  EXPECT_EQ(probabilities(std::vector{0.0F, 1.0F}), (std::vector{0.0F, 1.0F}));
  for (const std::vector<float>& logits :
       {std::vector{1.5F, -0.5F}, {0.6F, 0.6F}, {2.0F, 1.0F, 0.5F}, {0.0F, 0.0F}, {NAN, 1.0F}, {kInfinity, 0.0F}})
    EXPECT_THAT(probabilities(logits), testing::Pointwise(testing::NanSensitiveFloatEq(), softmax(logits)));
}

TEST(Classify, SoftmaxSharesTheOneAmongInfinities) {
  EXPECT_THAT(softmax(std::vector{kInfinity, 1e30F, kInfinity, -kInfinity}), ElementsAre(0.5F, 0.0F, 0.5F, 0.0F));
  EXPECT_THAT(softmax(std::vector{-kInfinity, -kInfinity}), ElementsAre(0.5F, 0.5F));
  EXPECT_THAT(softmax(std::vector{-kInfinity, 2.0F}), ElementsAre(0.0F, 1.0F));
}

TEST(Classify, SoftmaxPassesOverNan) {
  EXPECT_THAT(softmax(std::vector{1.0F, kNan, 1.0F}), ElementsAre(0.5F, NanSensitiveFloatEq(kNan), 0.5F));
  EXPECT_THAT(softmax(std::vector{kNan}), ElementsAre(IsNan()));
  EXPECT_THAT(softmax(std::vector{kNan, -kInfinity}), ElementsAre(IsNan(), 1.0F));
}

TEST(Classify, EveryImageOfABatchHasItsRow) {
  for (const Shape& shape : {Shape{2, 3}, Shape{2, 3, 1, 1}, Shape{2, 1, 1, 3}}) {
    const Tensor scores = tensor(shape, {1, 2, 3, 4, 5, 6});
    const Result<std::span<const float>> second = scores_of(scores, 1);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_THAT(*second, ElementsAre(4, 5, 6));
    EXPECT_FALSE(scores_of(scores, 2));
    EXPECT_FALSE(scores_of(scores, std::numeric_limits<std::size_t>::max()));
  }
}

TEST(Classify, OtherOutputsAreNotAClassifiers) {
  EXPECT_EQ(classes_of({"", DType::fp32, {kAnyBatch, 1000}}), 1000U);
  EXPECT_EQ(classes_of({"", DType::fp32, {1, 1}}), 1U);
  EXPECT_EQ(classes_of({"", DType::fp32, {1000}}), std::nullopt);
  EXPECT_EQ(classes_of({"", DType::fp32, {1, 21, 32, 32}}), std::nullopt);
  EXPECT_EQ(classes_of({"", DType::int64, {1, 1000}}), std::nullopt);
  EXPECT_FALSE(scores_of(tensor({1, 2, 2}, {1, 2, 3, 4}), 0));
  EXPECT_FALSE(scores_of(Tensor(), 0));
}

}  // namespace
}  // namespace tideline::task
