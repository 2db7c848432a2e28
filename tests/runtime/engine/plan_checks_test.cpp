#include "runtime/engine/plan_checks.h"

#include "tests/support/images.h"
#include "tests/support/lenet.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace tideline::engine {
namespace {

using ::testing::HasSubstr;

std::vector<SampleInputs::Image> three_photos() {
  std::vector<SampleInputs::Image> images;
  for (unsigned i = 0; i < 3; ++i) images.push_back({"photo" + std::to_string(i), drawn_jpeg(120, 90, i)});
  return images;
}

std::uint32_t class_of(const Tensor& file) {
  const Tensor scores =
      lenet()->run(lenet()->whole(), std::vector{*codec::input_of({&file, 1}, *grey_digits())})->front();
  return static_cast<std::uint32_t>(std::ranges::max_element(scores.floats()) - scores.floats().begin());
}

TEST(PlanChecks, SayWhatEachCodecSendsAndLoses) {
  const auto taken = grey_digits();
  std::vector<SampleInputs::Image> images = three_photos();
  images[0].classes = {class_of(images[0].file)};
  images[1].classes = {class_of(images[1].file) + 1};
  const auto inputs = SampleInputs::of_images(images, taken);
  ASSERT_TRUE(inputs) << inputs.error().message;
  EXPECT_EQ(inputs->text(), "3 images, 2 of them labelled");
  std::uint32_t done = 0;
  const auto checked = check_plans({.model = *lenet(),
                                    .image = taken.get(),
                                    .inputs = *inputs,
                                    .codecs = plan::all_codecs(),
                                    .on_input = [&done](std::uint32_t now) { done = now; }});
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(done, 3u);
  for (const table::Estimate& plan : *checked) {
    const auto& accuracy = plan.agreement->accuracy;
    ASSERT_TRUE(accuracy);
    EXPECT_EQ(accuracy->labelled, 2u);
    EXPECT_EQ(accuracy->whole_top1, 1u);
    EXPECT_TRUE(!is_lossless(plan.plan.codec) || accuracy->top1 == 1u) << plan.plan.cut;
    EXPECT_EQ(is_of_images(plan.plan.codec), plan.plan.cut == 0);
    EXPECT_EQ(plan.agreement->inputs, 3u);
    EXPECT_GT(plan.wire.count, 0u);
    EXPECT_EQ(plan.agreement->max_error > 0, !is_lossless(plan.plan.codec)) << plan.plan.cut << name(plan.plan.codec);
  }
}

TEST(PlanChecks, OverASequenceSayWhatStepsSendInAStream) {
  const auto taken = grey_digits();
  const auto inputs = SampleInputs::of_images(three_photos(), taken);
  std::vector<SampleInputs::Image> still(4, {"frame", drawn_jpeg(120, 90, 1)});
  const auto frames = SampleInputs::of_images(std::move(still), taken);
  ASSERT_TRUE(inputs && frames);
  std::uint32_t done = 0;
  const auto checked = check_plans({.model = *lenet(),
                                    .image = taken.get(),
                                    .inputs = *inputs,
                                    .codecs = plan::all_codecs(),
                                    .sequence = &*frames,
                                    .on_frame = [&done](std::uint32_t now) { done = now; }});
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(done, 4u);
  for (const table::Estimate& plan : *checked) {
    EXPECT_FALSE(plan.agreement->accuracy) << "no image has a label";
    ASSERT_EQ(plan.stream.has_value(), is_of_steps(plan.plan.codec)) << plan.plan.cut << name(plan.plan.codec);
    if (plan.stream) {
      EXPECT_LT(*plan.stream, plan.wire) << plan.plan.cut << name(plan.plan.codec);
    }
  }
}

TEST(SampleInputs, OfAFileThatIsNoImageAreRefusedWithItsName) {
  std::vector<SampleInputs::Image> images = three_photos();
  images[1].file = Tensor::copy_of(DType::uint8, {3}, std::as_bytes(std::span("no", 3)));
  const auto inputs = SampleInputs::of_images(images, grey_digits());
  ASSERT_FALSE(inputs);
  EXPECT_THAT(inputs.error().message, HasSubstr("photo1: "));
}

TEST(SampleInputs, OfRandomImagesCanBeDecoded) {
  const auto inputs = SampleInputs::random_images(grey_digits(), 1, 3);
  ASSERT_EQ(inputs.size(), 3u);
  for (std::uint32_t i = 0; i < inputs.size(); ++i) EXPECT_TRUE(inputs.at(i).tensors());
  EXPECT_EQ(inputs.first(2).size(), 2u);
}

}  // namespace
}  // namespace tideline::engine
