#include "runtime/engine/task_score.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace tideline::engine {
namespace {

constexpr float kNoScore = std::numeric_limits<float>::quiet_NaN();

std::vector<Tensor> scored_answer(Shape shape, const std::vector<float>& numbers) {
  return {Tensor::copy_of(DType::fp32, std::move(shape), std::as_bytes(std::span(numbers)))};
}

std::vector<Tensor> class_scores(const std::vector<float>& numbers) {
  return scored_answer({1, static_cast<std::int64_t>(numbers.size())}, numbers);
}

TEST(TaskScore, CountsTheRightClassAmongTheLargestAndTheFiveLargest) {
  TaskScore score{std::nullopt};
  const auto falling = class_scores({7, 6, 5, 4, 3, 2, 1}), rising = class_scores({1, 2, 3, 4, 5, 6, 7});
  ASSERT_TRUE(score.add(falling, rising, {0}));     // The whole network's first, the plan's last.
  ASSERT_TRUE(score.add(falling, rising, {4}));     // Fifth, third.
  ASSERT_TRUE(score.add(falling, rising, {5}));     // Sixth, second.
  ASSERT_TRUE(score.add(falling, rising, {1, 6}));  // Any of several is right.
  ASSERT_TRUE(score.add(falling, rising, {}));      // Not known.
  EXPECT_EQ(score.accuracy(), (plan::Accuracy{.labelled = 4, .top1 = 1, .top5 = 3, .whole_top1 = 1, .whole_top5 = 3}));
  EXPECT_EQ(score.boxes(), std::nullopt);
}

TEST(TaskScore, WithoutAKnownClassThereIsNoAccuracy) {
  TaskScore score{std::nullopt};
  ASSERT_TRUE(score.add(class_scores({1, 2}), class_scores({1, 2}), {}));
  EXPECT_EQ(score.accuracy(), std::nullopt);
}

TEST(TaskScore, ANumberThatIsNoneAndAnAnswerThatIsNoClassifiersAreWrong) {
  TaskScore score{std::nullopt};
  ASSERT_TRUE(score.add(class_scores({1, 0}), class_scores({kNoScore, kNoScore}), {0}));
  ASSERT_TRUE(score.add(class_scores({1, 0}), scored_answer({2}, {1, 0}), {0}));
  ASSERT_TRUE(score.add(class_scores({1, 0}), std::vector<Tensor>{}, {0}));
  EXPECT_EQ(score.accuracy(), (plan::Accuracy{.labelled = 3, .top1 = 0, .top5 = 0, .whole_top1 = 3, .whole_top5 = 3}));
}

constexpr task::Detector kFinished{task::Head::boxes, 3, 64, 64};

std::vector<Tensor> box_rows(const std::vector<float>& rows) {
  return scored_answer({1, static_cast<std::int64_t>(rows.size() / 6), 6}, rows);
}

TEST(TaskScore, OfADetectorCountsTheBoxesThatAreKept) {
  TaskScore score{kFinished};
  const auto wanted = box_rows({0, 0, 12, 10, 0.9F, 1, 30, 30, 50, 50, 0.8F, 2});
  ASSERT_TRUE(score.add(wanted, box_rows({4, 0, 16, 10, 0.5F, 1, 30, 30, 50, 50, 0.7F, 0}), {}));
  ASSERT_TRUE(score.add(wanted, wanted, {1}));
  EXPECT_EQ(score.boxes(), (plan::Counted{3, 4}));
  EXPECT_EQ(score.accuracy(), std::nullopt) << "boxes need no labels";
}

TEST(TaskScore, WithoutABoxThereIsNoShareOfBoxes) {
  TaskScore score{kFinished};
  ASSERT_TRUE(score.add(box_rows({0, 0, 12, 10, 0.1F, 1}), box_rows({0, 0, 12, 10, 0.9F, 1}), {}));
  EXPECT_EQ(score.boxes(), std::nullopt);
}

TEST(TaskScore, AnAnswerThatIsNotOfTheDetectorsFormIsAnError) {
  TaskScore score{kFinished};
  EXPECT_FALSE(score.add(class_scores({1}), class_scores({1}), {}));
}

}  // namespace
}  // namespace tideline::engine
