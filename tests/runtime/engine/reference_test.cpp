#include "runtime/engine/reference.h"

#include "runtime/image/recompress.h"
#include "runtime/task/head.h"
#include "tests/support/boxes_network.h"
#include "tests/support/images.h"
#include "tests/support/lenet.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>

namespace tideline::engine {
namespace {

Reference reference() {
  auto made = Reference::of(*lenet(), SampleInputs::random(lenet()->inputs(), 1, 5));
  EXPECT_TRUE(made) << made.error().message;
  return *std::move(made);
}

Result<std::vector<Tensor>> by_lenet(Input input) {
  return lenet()->run(lenet()->whole(), *input.tensors());
}

TEST(Reference, AgreesWithTheNetworkThatItWasMadeBy) {
  const auto agreement = reference().compare(by_lenet);
  ASSERT_TRUE(agreement) << agreement.error().message;
  EXPECT_EQ(*agreement, (plan::Agreement{1, 0, 5}));
}

TEST(Reference, AsksForEachInputOfTheSampleOnceAndNoTwoAreAlike) {
  std::vector<Tensor> asked;
  const auto agreement = reference().compare([&asked](Input input) {
    for (const Tensor& before : asked) EXPECT_FALSE(identical(before, input.ready()[0]));
    asked.push_back(input.ready()[0]);
    return by_lenet(std::move(input));
  });
  ASSERT_TRUE(agreement);
  EXPECT_EQ(asked.size(), 5u);
}

TEST(Reference, NoticesAnAnswerToAnotherInput) {
  const auto other = by_lenet(Input(model::random_tensors(lenet()->inputs(), 99)));
  const auto agreement = reference().compare([&other](const Input&) { return other; });
  ASSERT_TRUE(agreement);
  EXPECT_GT(agreement->max_error, 0.1);
}

TEST(Reference, OfLabelledImagesCountsRightAnswers) {
  std::vector<SampleInputs::Image> images;
  for (unsigned i = 0; i < 3; ++i) images.push_back({"photo" + std::to_string(i), drawn_jpeg(120, 90, i)});
  const auto taken = grey_digits();
  const auto best = [&](const SampleInputs::Image& image) {
    const auto scores = by_lenet(Input({image.file}, *taken))->front();
    return static_cast<std::uint32_t>(std::ranges::max_element(scores.floats()) - scores.floats().begin());
  };
  images[0].classes = {best(images[0])};
  images[1].classes = {(best(images[1]) + 1) % 10};
  const auto inputs = SampleInputs::of_images(images, taken);
  ASSERT_TRUE(inputs) << inputs.error().message;
  EXPECT_EQ(inputs->text(), "3 images, 2 of them labelled");
  const auto labelled = Reference::of(*lenet(), *inputs);
  ASSERT_TRUE(labelled) << labelled.error().message;
  const auto agreement = labelled->compare(by_lenet);
  ASSERT_TRUE(agreement && agreement->accuracy);
  EXPECT_EQ(agreement->accuracy->labelled, 2u);
  EXPECT_EQ(agreement->accuracy->top1, 1u);
  EXPECT_EQ(agreement->accuracy->whole_top1, 1u);
  EXPECT_EQ(agreement->accuracy->top5, agreement->accuracy->whole_top5);
}

// Grey images of 6 x 4 pixels, whose rows are the boxes of boxes_network().
std::shared_ptr<const codec::ImageInput> rows_of_boxes() {
  image::Preparation preparation = *image::preset("raw", 6, 4);
  preparation.colour = image::Colour::grey;
  preparation.scale = 1;
  return std::make_shared<const codec::ImageInput>(codec::ImageInput{preparation, {}});
}

// In each row: x_min, y_min, x_max, y_max, score and class.
Tensor four_boxes() {
  const std::vector<int> row{10, 10, 200, 200, 250, 3};
  std::vector<std::byte> pixels;
  for (int i = 0; i < 4 * 6 * 3; ++i)
    pixels.push_back(static_cast<std::byte>(row[static_cast<std::size_t>(i / 3 % 6)]));
  return *image::encode_jpeg(Tensor::copy_of(DType::uint8, {4, 6, 3}, pixels), 95);
}

TEST(Reference, WithADetectorCountsTheBoxesThatAnAnswerKeeps) {
  const auto network = boxes_network();
  const auto inputs = SampleInputs::of_images({{"photo", four_boxes()}}, rows_of_boxes());
  ASSERT_TRUE(inputs) << inputs.error().message;
  const auto detector = task::fit_head(task::Head::boxes, {network->outputs(), 6, 4, 0});
  ASSERT_TRUE(detector) << detector.error().message;
  const auto with_boxes = Reference::of(*network, *inputs, *detector);
  ASSERT_TRUE(with_boxes) << with_boxes.error().message;
  const auto same = with_boxes->compare(
      [&](Input input) -> Result<std::vector<Tensor>> { return network->run(network->whole(), *input.tensors()); });
  ASSERT_TRUE(same && same->boxes);
  EXPECT_GT(same->boxes->of, 0u);
  EXPECT_EQ(same->boxes->hits, same->boxes->of);
  const std::vector<float> none(24, 0);
  const auto lost = with_boxes->compare([&](const Input&) -> Result<std::vector<Tensor>> {
    return std::vector{Tensor::copy_of(DType::fp32, {1, 4, 6}, std::as_bytes(std::span(none)))};
  });
  ASSERT_TRUE(lost && lost->boxes);
  EXPECT_EQ(*lost->boxes, (plan::Counted{0, same->boxes->of}));
}

TEST(Reference, HandsOnWhyThereIsNoAnswer) {
  const auto agreement = reference().compare(
      [](const Input&) -> Result<std::vector<Tensor>> { return error(ErrorKind::unavailable, "gone"); });
  ASSERT_FALSE(agreement);
  EXPECT_EQ(agreement.error().kind, ErrorKind::unavailable);
}

TEST(Reference, RefusesAnAnswerOfAnotherForm) {
  const auto agreement = reference().compare([](const Input& input) -> Result<std::vector<Tensor>> {
    return std::vector(input.ready().begin(), input.ready().end());
  });
  ASSERT_FALSE(agreement);
  EXPECT_THAT(agreement.error().message, testing::HasSubstr("do not have the form"));
}

}  // namespace
}  // namespace tideline::engine
