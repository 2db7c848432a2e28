#include "runtime/http/vision.h"

#include "tests/runtime/http/golden.h"
#include "tests/runtime/http/infer_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const image::Preparation kLetterbox = *image::preset("yolo", 64, 64);
const image::Preparation kCrop = *image::preset("imagenet", 64, 64);
const std::vector<TensorSpec> kBoxes = {{"boxes", DType::fp32, {1, 4, 6}}};
const std::vector<TensorSpec> kScores = {{"scores", DType::fp32, {1, 3}}};

task::Task detecting() {
  const auto task = task::fitted({.kind = task::Kind::detect, .labels = {"person", "car"}}, kBoxes, 64, 64);
  EXPECT_TRUE(task) << task.error().message;
  return *task;
}

Tensor photo() {
  const std::string file = golden("photo.png");
  return Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(file.size())}, std::as_bytes(std::span(file)));
}

TEST(Vision, BoxesAreInPixelsOfTheImageAndWithinIt) {
  const task::Task task = detecting();
  const Vision vision{&kLetterbox, &task};
  ASSERT_TRUE(finds_boxes(vision));
  // The photo has 40 x 20 pixels, so it lies in rows 16 to 48 of the input, 1.6 times as large.
  const std::vector<Tensor> outputs = {
      tensor<float>(DType::fp32, {1, 4, 6}, {16, 24, 32, 40, 0.9F, 1,  //
                                             48, 8,  80, 40, 0.8F, 0,  // Reaches beyond the image.
                                             0,  0,  64, 12, 0.7F, 0,  // In the grey border.
                                             16, 24, 32, 40, 0.3F, 0})};
  const auto boxes = find_boxes(photo(), outputs, vision, 0.4F);
  ASSERT_TRUE(boxes) << boxes.error().message;
  EXPECT_THAT(*boxes, ElementsAre(task::Box{10, 5, 20, 15, 0.9F, 1}, task::Box{30, 0, 40, 15, 0.8F, 0}));
  EXPECT_EQ(find_boxes(photo(), outputs, vision, 0.25F)->size(), 3u);
  EXPECT_EQ(labels_of(vision)[1], "car");
}

TEST(Vision, ClassesAreTheLikeliestByTheirProbability) {
  const task::Task task{.kind = task::Kind::classify, .labels = {"a", "b", "c"}};
  const Vision vision{&kCrop, &task};
  const std::vector<Tensor> outputs = {tensor<float>(DType::fp32, {1, 3}, {0, 1000, 1000})};
  const auto best = likeliest(outputs, vision, 2);
  ASSERT_TRUE(best) << best.error().message;
  ASSERT_EQ(best->size(), 2u);
  EXPECT_EQ((*best)[0].label, "b");
  EXPECT_EQ((*best)[0].score, 0.5F);
  EXPECT_EQ((*best)[1].label, "c");
  EXPECT_EQ((*likeliest(outputs, {&kCrop}, 5))[2].label, "") << "without a task there are no labels";
}

TEST(Vision, AModelThatDoesSomethingElseSaysWhatAndWhereToAsk) {
  const task::Task task = detecting();
  EXPECT_TRUE(check_classifies({&kCrop}, kScores));
  EXPECT_TRUE(check_finds_boxes({&kLetterbox, &task}));
  EXPECT_THAT(check_classifies({}, kScores).error().message, HasSubstr("configure it with --image NAME=PRESET"));
  EXPECT_THAT(check_finds_boxes({nullptr, &task}).error().message, HasSubstr("--image NAME=PRESET"));
  EXPECT_THAT(check_classifies({&kLetterbox, &task}, kBoxes).error().message, HasSubstr("/v1/vision/custom/MODEL"));
  EXPECT_THAT(check_classifies({&kCrop}, kBoxes).error().message,
              HasSubstr("fp32[1,4,6], which is no classifier's; send the image to /v2/models/MODEL/infer"));
  EXPECT_THAT(check_finds_boxes({&kCrop}).error().message, HasSubstr("does not find boxes"));
}

TEST(Vision, OutputsOfAnotherFormAreOurFaultNotTheClients) {
  const task::Task task = detecting();
  const std::vector<Tensor> odd = {tensor<float>(DType::fp32, {1, 2, 3}, {1, 2, 3, 4, 5, 6})};
  EXPECT_EQ(find_boxes(photo(), odd, {&kLetterbox, &task}, 0.4F).error().kind, ErrorKind::internal);
  EXPECT_EQ(likeliest(odd, {&kCrop}, 5).error().kind, ErrorKind::internal);
}

}  // namespace
}  // namespace tideline::http
