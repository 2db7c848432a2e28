// Networks in fp16, beside themselves in fp32; and what fp16 cannot hold.
#include "runtime/model/kernels/fp16.h"

#include "runtime/model/kernels/fp16_numbers.h"
#include "runtime/model/kernels/fp16_tensors.h"
#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <limits>

namespace tideline {
namespace {

using testing::HasSubstr;

constexpr auto* kLimitedProduct =
    "def forward(self, x: Tensor):\n  return torch.clamp(torch.linear(x, self.m), 0, 6)\n";
constexpr auto* kEightNumbers = R"(["fp32[1,8]"])";

class InFp16 : public testing::Test {
 protected:
  void SetUp() override {
    if (!kernels::fp16_is_here()) GTEST_SKIP() << "XNNPACK has no fp16 on this processor";
  }
  std::shared_ptr<const model::Model> lenet(Precision precision) const {
    EXPECT_TRUE(zoo::write_zoo_model("lenet", 1, scratch_ / "lenet.pt"));
    return load_or_fail(scratch_ / "lenet.pt", {.precision = precision});
  }
  Result<std::shared_ptr<const model::Model>> load(const std::string& source, const std::string& inputs,
                                                   float odd = 0) const {
    write_network(scratch_ / "n.pt", source, inputs, odd);
    return model::Model::load(scratch_ / "n.pt", {.precision = Precision::fp16});
  }

  const Scratch scratch_;
};

Result<std::vector<Tensor>> run_numbers(const model::Model& model, const std::vector<float>& numbers) {
  const auto count = static_cast<std::int64_t>(numbers.size());
  const std::vector<Tensor> in{Tensor::copy_of(DType::fp32, {1, count}, std::as_bytes(std::span(numbers)))};
  return model.run(model.whole(), in);
}

TEST_F(InFp16, XnnpackComputesUnlessItIsSetOtherwise) {
  const auto model = lenet(Precision::fp16);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->kernels(), KernelChoice::xnnpack);
  EXPECT_EQ(model->precision(), Precision::fp16);
}

TEST_F(InFp16, WeightsTakeHalfTheMemoryAndBiasesAsMuchAsBefore) {
  const auto exact = lenet(Precision::fp32), rounded = lenet(Precision::fp16);
  ASSERT_TRUE(exact && rounded);
  constexpr std::uint64_t kBiases = 4 * (6 + 16 + 120 + 84 + 10);
  EXPECT_EQ(rounded->parameters().count - kBiases, (exact->parameters().count - kBiases) / 2);
  EXPECT_EQ(rounded->digest(), exact->digest());
}

TEST_F(InFp16, EveryCutOfLenetIsExactAndNearFp32) {
  const auto exact = lenet(Precision::fp32), rounded = lenet(Precision::fp16);
  ASSERT_TRUE(exact && rounded);
  expect_every_cut_exact(*rounded);
  const auto in = model::random_tensors(exact->inputs(), 3);
  const auto ours = run_through(*rounded, {0, rounded->last_cut()}, in);
  const auto theirs = run_through(*exact, {0, exact->last_cut()}, in);
  ASSERT_EQ(ours.size(), 1U);
  EXPECT_LT(relative_error(ours[0], theirs[0]), 0.01);
  EXPECT_FALSE(identical(ours[0], theirs[0]));
}

// What crosses between kernels has been rounded: its lower thirteen bits are zero.
TEST_F(InFp16, KernelsHandFp16ToEachOther) {
  const auto model = lenet(Precision::fp16);
  ASSERT_TRUE(model);
  const auto crossing = run_through(*model, {0, 1}, model::random_tensors(model->inputs(), 3));
  ASSERT_EQ(crossing.size(), 1U);
  ASSERT_EQ(crossing[0].dtype(), DType::fp32);
  for (const float number : crossing[0].floats()) EXPECT_EQ(std::bit_cast<std::uint32_t>(number) & 0x1fff, 0U);
}

TEST_F(InFp16, ATailTakesWhatAnFp32HeadGives) {
  const auto exact = lenet(Precision::fp32), rounded = lenet(Precision::fp16);
  ASSERT_TRUE(exact && rounded);
  const auto in = model::random_tensors(exact->inputs(), 3);
  const auto whole = run_through(*exact, {0, exact->last_cut()}, in);
  for (const model::Cut& cut : exact->cuts()) {
    SCOPED_TRACE(cut.name);
    const auto out = run_through(*rounded, {cut.index, exact->last_cut()}, run_through(*exact, {0, cut.index}, in));
    ASSERT_EQ(out.size(), 1U);
    EXPECT_LT(relative_error(out[0], whole[0]), 0.02);
  }
}

TEST_F(InFp16, ANumberThatFp16DoesNotHaveIsRefusedEvenWhereALimitWouldHideIt) {
  const auto model = load(kLimitedProduct, kEightNumbers, 3);  // One weight is 3.
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_TRUE(run_numbers(**model, {0, 0, 0, 0, 0, 20000, 0, 0}));
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kInfinite = std::numeric_limits<float>::infinity();
  for (const float wrong : {30000.F, -30000.F, 70000.F, kInfinite, kNan}) {
    const auto refused = run_numbers(**model, {0, 0, 0, 0, 0, wrong, 0, 0});
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
    EXPECT_THAT(refused.error().message,
                HasSubstr("a layer has a number that fp16 does not have: beyond 65504, or not finite; set "
                          "compute.precision = \"fp32\""));
  }
}

// The sum is zero, but a part of it, 120000, is beyond fp16, and the limit would hide that. A processor that adds in
// fp32 gets it right; one that adds in several parts of fp16 rounds each, by 16 of up to 65504 each time.
TEST_F(InFp16, ASumBeyondItsNumbersIsRefusedOrNear) {
  const auto model = load(
      "def forward(self, x: Tensor):\n  w = torch.cat([torch.full([4, 600], 200.0), torch.full([4, 600], -200.0)], 1)\n"
      "  return torch.clamp(torch.linear(x, w), -60000, 60000)\n",
      R"(["fp32[1,1200]"])");
  ASSERT_TRUE(model) << model.error().message;
  const auto out = run_numbers(**model, std::vector<float>(1200, 1.F));
  if (!out) {
    EXPECT_THAT(out.error().message, HasSubstr("fp16 does not have"));
    return;
  }
  for (const float number : out->front().floats()) EXPECT_LE(std::abs(number), 1200 * 16);
}

TEST_F(InFp16, AWeightThatFp16DoesNotHaveIsRefused) {
  const auto model = load(kLimitedProduct, kEightNumbers, 70000);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().kind, ErrorKind::invalid);
  EXPECT_THAT(model.error().message,
              HasSubstr("the network cannot compute in fp16: a layer that ends in clamp has a weight "
                        "of 70000, and fp16 ends at 65504; set compute.precision = \"fp32\""));
}

TEST_F(InFp16, ANetworkWithNothingToMultiplyIsRefused) {
  const auto model =
      load("def forward(self, x: Tensor):\n  return torch.max_pool2d(x, [2, 2]) * 2\n", R"(["fp32[1,3,8,8]"])");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().kind, ErrorKind::invalid);
  EXPECT_THAT(model.error().message, HasSubstr("it has no convolution and no linear layer that would compute in fp16"));
}

TEST_F(InFp16, ANetworkThatWritesInPlaceIsRefused) {
  const auto model =
      load("def forward(self, x: Tensor):\n  y = x * 2\n  y[0].fill_(1.0)\n  return y + x\n", R"(["fp32[2,3]"])");
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message, HasSubstr("set compute.precision = \"fp32\""));
}

TEST(Fp16, KernelsOtherThanXnnpackRefuseIt) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "lenet.pt"));
  for (const KernelChoice kernels : {KernelChoice::onednn, KernelChoice::libtorch}) {
    const auto model = model::Model::load(scratch / "lenet.pt", {.precision = Precision::fp16, .kernels = kernels});
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().kind, ErrorKind::invalid);
    EXPECT_THAT(model.error().message, HasSubstr("fp16 is computed by XNNPACK's kernels only, not by compute.kernels"));
  }
}

TEST(Fp16, AProcessorWithoutItRefusesItAndNamesWhatIsMissing) {
  if (kernels::fp16_is_here()) GTEST_SKIP() << "XNNPACK has fp16 on this processor";
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "lenet.pt"));
  const auto model = model::Model::load(scratch / "lenet.pt", {.precision = Precision::fp16});
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message, HasSubstr("has no instructions for fp16"));
}

TEST(Fp16Numbers, AllOfThemBecomeFp32AndBack) {
  std::vector<std::uint16_t> all, back;
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits)
    if ((bits & 0x7c00) != 0x7c00) all.push_back(static_cast<std::uint16_t>(bits));
  back.resize(all.size());
  std::vector<float> numbers(all.size());
  const auto count = std::ssize(all);
  ASSERT_TRUE(kernels::to_fp32(all.data(), count, numbers.data()));
  ASSERT_TRUE(kernels::to_fp16(numbers.data(), count, back.data()));
  EXPECT_EQ(back, all);
  for (std::size_t i = 0; i < all.size(); ++i)
    ASSERT_EQ(numbers[i], static_cast<float>(c10::Half(all[i], c10::Half::from_bits())));
}

TEST(Fp16Numbers, RoundAsLibtorchDoes) {
  at::manual_seed(1);
  for (const double size : {1e-7, 1e-4, 1.0, 1e4}) {
    const auto numbers = at::randn({3, 1001}) * size;
    EXPECT_TRUE(kernels::in_type(numbers, at::kHalf).equal(numbers.to(at::kHalf))) << size;
    EXPECT_TRUE(kernels::in_type(numbers.t(), at::kHalf).equal(numbers.t().to(at::kHalf))) << size;
  }
}

TEST(Fp16Numbers, WhatTheyLackIsFoundAtEveryPlace) {
  for (const float wrong : {65536.F, -65536.F, std::numeric_limits<float>::infinity(), std::nanf("")})
    for (std::int64_t at = 0; at < 37; ++at) {
      std::vector<float> numbers(37, 65504.F);
      std::vector<std::uint16_t> halves(37);
      EXPECT_TRUE(kernels::to_fp16(numbers.data(), 37, halves.data()));
      numbers[static_cast<std::size_t>(at)] = wrong;
      EXPECT_FALSE(kernels::to_fp16(numbers.data(), 37, halves.data())) << wrong << " at " << at;
    }
}

TEST(Fp16Numbers, SumsAreLimitedInFp32AndRoundedOnce) {
  const kernels::Activation relu6{dnnl::algorithm::eltwise_clip, 0, 6};
  at::manual_seed(2);
  const auto sums = (at::randn({2, 77}) * 4).to(at::kHalf), there = at::randn({2, 77}) * 4;
  const auto expected = at::clamp(sums.to(at::kFloat) + there, 0, 6);
  auto wide = there.clone();
  finish_fp16(sums, true, relu6, wide);
  EXPECT_TRUE(wide.equal(expected));
  auto narrow = there.to(at::kHalf);
  const auto rounded = at::clamp(sums.to(at::kFloat) + narrow.to(at::kFloat), 0, 6).to(at::kHalf);
  finish_fp16(sums, true, relu6, narrow);
  EXPECT_TRUE(narrow.equal(rounded));
}

TEST(Fp16Numbers, AnActivationThatIsNoLimitIsAppliedInFp32) {
  const kernels::Activation silu{dnnl::algorithm::eltwise_swish, 1, 0};
  at::manual_seed(3);
  const auto sums = (at::randn({2, 77}) * 4).to(at::kHalf);
  const auto out = at::empty_like(sums);
  finish_fp16(sums, false, silu, out);
  EXPECT_TRUE(out.equal(at::silu(sums.to(at::kFloat)).to(at::kHalf)));
}

}  // namespace
}  // namespace tideline
