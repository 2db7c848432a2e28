#include "runtime/engine/plan_checks.h"

#include "tests/support/images.h"
#include "tests/support/lenet.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>

namespace tideline::engine {
namespace {

using ::testing::HasSubstr;

std::filesystem::path photos(const TemporaryFolder& folder) {
  for (unsigned i = 0; i < 3; ++i)
    static_cast<void>(folder.with("photo" + std::to_string(i) + ".JPG", text_of(drawn_jpeg(120, 90, i))));
  static_cast<void>(folder.with("notes.txt", "no photo"));
  return folder / "";
}

TEST(PlanChecks, SayWhatEachCodecSendsAndLoses) {
  const TemporaryFolder folder;
  const auto taken = grey_digits();
  const auto inputs = SampleInputs::read_folder(photos(folder), taken, 200);
  ASSERT_TRUE(inputs) << inputs.error().message;
  EXPECT_EQ(inputs->text(), "3 images");
  std::uint32_t done = 0;
  const auto checked = check_plans({.model = *lenet(),
                                    .image = taken.get(),
                                    .inputs = *inputs,
                                    .codecs = plan::all_codecs(),
                                    .on_input = [&done](std::uint32_t now) { done = now; }});
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(done, 3u);
  for (const table::Estimate& plan : *checked) {
    EXPECT_EQ(is_of_images(plan.plan.codec), plan.plan.cut == 0);
    EXPECT_EQ(plan.agreement->inputs, 3u);
    EXPECT_GT(plan.wire.count, 0u);
    EXPECT_EQ(plan.agreement->max_error > 0, !is_lossless(plan.plan.codec)) << plan.plan.cut << name(plan.plan.codec);
  }
}

TEST(SampleInputs, OfAFolderWithoutImagesOrWithABrokenOneAreRefused) {
  const TemporaryFolder folder;
  const auto none = SampleInputs::read_folder(folder / "", grey_digits(), 10);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("name a folder of images"));
  EXPECT_FALSE(SampleInputs::read_folder(folder / "missing", grey_digits(), 10));
  static_cast<void>(folder.with("broken.png", "no image"));
  const auto broken = SampleInputs::read_folder(folder / "", grey_digits(), 10);
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message, HasSubstr("broken.png: "));
}

TEST(SampleInputs, OfRandomImagesCanBeDecoded) {
  const auto inputs = SampleInputs::random_images(grey_digits(), 1, 3);
  ASSERT_EQ(inputs.size(), 3u);
  for (std::uint32_t i = 0; i < inputs.size(); ++i) EXPECT_TRUE(inputs.at(i).tensors());
  EXPECT_EQ(inputs.first(2).size(), 2u);
}

}  // namespace
}  // namespace tideline::engine
