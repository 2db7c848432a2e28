// Networks in bf16, beside themselves in fp32.
#include "runtime/model/kernels/bf16.h"
#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>

#include <bit>

namespace tideline {
namespace {

class InBf16 : public testing::Test {
 protected:
  void SetUp() override {
    if (!kernels::bf16_is_here()) GTEST_SKIP() << "the processor has no bf16";
  }
  std::shared_ptr<const model::Model> lenet(Precision precision) const {
    EXPECT_TRUE(zoo::write_zoo_model("lenet", 1, scratch_ / "lenet.pt"));
    return load_or_fail(scratch_ / "lenet.pt", {.precision = precision});
  }

  const Scratch scratch_;
};

TEST_F(InBf16, WeightsTakeHalfTheMemoryAndBiasesAsMuchAsBefore) {
  const auto exact = lenet(Precision::fp32), rounded = lenet(Precision::bf16);
  ASSERT_TRUE(exact && rounded);
  constexpr std::uint64_t kBiases = 4 * (6 + 16 + 120 + 84 + 10);
  EXPECT_EQ(rounded->parameters().count - kBiases, (exact->parameters().count - kBiases) / 2);
  EXPECT_EQ(rounded->precision(), Precision::bf16);
  EXPECT_EQ(rounded->digest(), exact->digest());
}

TEST_F(InBf16, EveryCutOfLenetIsExact) {
  const auto model = lenet(Precision::bf16);
  ASSERT_TRUE(model);
  expect_every_cut_exact(*model);
}

// What crosses between kernels has been rounded: its lower sixteen bits are zero.
TEST_F(InBf16, KernelsHandBf16ToEachOther) {
  const auto model = lenet(Precision::bf16);
  ASSERT_TRUE(model);
  const auto crossing = run_through(*model, {0, 1}, model::random_tensors(model->inputs(), 3));
  ASSERT_EQ(crossing.size(), 1U);
  ASSERT_EQ(crossing[0].dtype(), DType::fp32);
  for (const float number : crossing[0].floats()) EXPECT_EQ(std::bit_cast<std::uint32_t>(number) & 0xffff, 0U);
}

TEST_F(InBf16, ATailTakesWhatAnFp32HeadGives) {
  const auto exact = lenet(Precision::fp32), rounded = lenet(Precision::bf16);
  ASSERT_TRUE(exact && rounded);
  const auto in = model::random_tensors(exact->inputs(), 3);
  const auto whole = run_through(*exact, {0, exact->last_cut()}, in);
  for (const model::Cut& cut : exact->cuts()) {
    SCOPED_TRACE(cut.name);
    const auto out = run_through(*rounded, {cut.index, exact->last_cut()}, run_through(*exact, {0, cut.index}, in));
    ASSERT_EQ(out.size(), 1U);
    for (std::size_t i = 0; i < 10; ++i) EXPECT_NEAR(out[0].floats()[i], whole[0].floats()[i], 0.1) << i;
  }
}

TEST_F(InBf16, ANetworkThatWritesInPlaceIsRefused) {
  write_network(scratch_ / "n.pt", "def forward(self, x: Tensor):\n  y = x * 2\n  y[0].fill_(1.0)\n  return y + x\n",
                R"(["fp32[2,3]"])");
  const auto model = model::Model::load(scratch_ / "n.pt", {.precision = Precision::bf16});
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().kind, ErrorKind::invalid);
  EXPECT_THAT(model.error().message, testing::HasSubstr("set compute.precision = \"fp32\""));
}

TEST(Precision, KernelsOtherThanOnednnRefuseBf16) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "lenet.pt"));
  const auto model =
      model::Model::load(scratch / "lenet.pt", {.precision = Precision::bf16, .kernels = KernelChoice::xnnpack});
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().kind, ErrorKind::invalid);
  EXPECT_THAT(model.error().message,
              testing::HasSubstr("bf16 is computed by oneDNN's kernels only, not by compute.kernels = \"xnnpack\""));
}

TEST(Precision, AProcessorWithoutBf16RefusesItAndNamesWhatIsMissing) {
  if (kernels::bf16_is_here()) GTEST_SKIP() << "the processor has bf16";
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "lenet.pt"));
  const auto model = model::Model::load(scratch / "lenet.pt", {.precision = Precision::bf16});
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message, testing::HasSubstr("no instructions for bf16 (AVX-512 BF16 or AMX)"));
}

}  // namespace
}  // namespace tideline
