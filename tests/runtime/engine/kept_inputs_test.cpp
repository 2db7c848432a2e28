#include "runtime/engine/kept_inputs.h"

#include "tests/support/images.h"

#include <gtest/gtest.h>

namespace tideline::engine {
namespace {

constexpr Duration kSecond = std::chrono::seconds(1);
constexpr TimePoint kBegin{std::chrono::hours(1)};

Input row_of(float first, std::size_t count = 4) {
  std::vector<float> all(count, first);
  return Input({Tensor::copy_of(DType::fp32, {1, static_cast<std::int64_t>(count)}, std::as_bytes(std::span(all)))});
}

float first_of(const Input& input) {
  return input.ready()[0].floats()[0];
}

// Offers the input at that second, and adds the copy if there is one.
bool offered(KeptInputs& kept, const Input& input, int second) {
  auto copy = kept.copy_of(input, kBegin + second * kSecond);
  if (!copy) return false;
  kept.add(*std::move(copy));
  return true;
}

KeptInputs::Options three() {
  return {.memory = 1_MiB, .enough = 3, .most = 4, .pause = kSecond, .later_pause = 10 * kSecond};
}

TEST(KeptInputs, NothingIsKeptUntilItIsAskedForNorAfterwards) {
  KeptInputs kept(three());
  EXPECT_FALSE(offered(kept, row_of(1), 0));
  kept.keep(true);
  EXPECT_TRUE(offered(kept, row_of(1), 1));
  EXPECT_EQ(kept.size(), 1u);
  auto copy = kept.copy_of(row_of(2), kBegin + 2 * kSecond);
  ASSERT_TRUE(copy);
  kept.keep(false);
  EXPECT_EQ(kept.size(), 0u);
  kept.add(*std::move(copy));
  EXPECT_EQ(kept.size(), 0u) << "it came too late";
}

TEST(KeptInputs, OneIsTakenASecondAndFewerOnceThereAreEnough) {
  KeptInputs kept(three());
  kept.keep(true);
  EXPECT_TRUE(offered(kept, row_of(1), 0));
  EXPECT_FALSE(kept.copy_of(row_of(2), kBegin + kSecond / 2));
  EXPECT_TRUE(offered(kept, row_of(2), 1));
  EXPECT_FALSE(kept.has_enough());
  EXPECT_TRUE(offered(kept, row_of(3), 2));
  EXPECT_TRUE(kept.has_enough());
  EXPECT_TRUE(offered(kept, row_of(4), 3));
  EXPECT_FALSE(offered(kept, row_of(5), 4));
  EXPECT_TRUE(offered(kept, row_of(5), 13));
  ASSERT_EQ(kept.size(), 4u);
  EXPECT_EQ(first_of(kept.all().front()), 2) << "the oldest has left";
}

TEST(KeptInputs, TheSameInputCountsOnce) {
  KeptInputs kept(three());
  kept.keep(true);
  for (int second = 0; second < 20; ++second) offered(kept, row_of(1), second);
  EXPECT_EQ(kept.size(), 1u);
  offered(kept, row_of(2), 20);
  EXPECT_EQ(kept.size(), 2u);
}

TEST(KeptInputs, TheirMemoryIsBounded) {
  KeptInputs::Options options = three();
  options.memory = {3 * 400};
  options.most = 100;
  KeptInputs kept(options);
  kept.keep(true);
  for (int i = 0; i < 10; ++i) offered(kept, row_of(static_cast<float>(i), 100), 100 * i);
  ASSERT_EQ(kept.size(), 3u);
  EXPECT_EQ(first_of(kept.all().back()), 9);
  EXPECT_FALSE(offered(kept, row_of(1, 101), 5000)) << "not even enough of these would fit";
}

TEST(KeptInputs, ACopyHoldsNothingOfTheRequest) {
  KeptInputs kept(three());
  kept.keep(true);
  const Input given = row_of(1);
  offered(kept, given, 0);
  EXPECT_NE(kept.all().front().ready()[0].data(), given.ready()[0].data());
}

TEST(KeptInputs, AModelThatTakesImagesKeepsFilesAlone) {
  const auto taken = grey_digits();
  const Input image({drawn_jpeg(28, 28)}, *taken);
  KeptInputs::Options options = three();
  KeptInputs tensors(options);
  options.files = true;
  KeptInputs files(options);
  for (KeptInputs* const kept : {&tensors, &files}) kept->keep(true);
  EXPECT_TRUE(offered(files, image, 0));
  EXPECT_FALSE(offered(files, row_of(1), 1));
  EXPECT_FALSE(offered(tensors, image, 0));
  EXPECT_TRUE(files.all().front().is_image());
}

}  // namespace
}  // namespace tideline::engine
