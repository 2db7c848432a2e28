#include "runtime/model/kernels/convolution_method.h"

#include "runtime/model/kernels/images.h"
#include "runtime/model/kernels/onednn.h"

#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace tideline {
namespace {

struct Case {
  std::string name;
  std::vector<std::int64_t> image;  // Images, height, width.
  std::vector<std::int64_t> padding{1, 1};
  std::vector<std::int64_t> padding_after{1, 1};
  bool bias = true;
  bool adds = false;
  kernels::Activation then;
  std::int64_t in = 32, out = 48;
};

void PrintTo(const Case& given, std::ostream* out) {
  *out << given.name;
}

at::Tensor numbers(const std::vector<std::int64_t>& shape) {
  return at::randn(shape, at::TensorOptions(at::kFloat));
}

kernels::ConvolutionPlan plan_of(const Case& given) {
  return {.weight = numbers({given.out, given.in, 3, 3}),
          .bias = given.bias ? numbers({given.out}) : at::Tensor(),
          .stride = {1, 1},
          .padding = given.padding,
          .padding_after = given.padding_after,
          .dilation = {1, 1},
          .groups = 1,
          .adds = given.adds,
          .then = given.then};
}

at::Tensor by_libtorch(const kernels::ConvolutionPlan& plan, const at::Tensor& x) {
  const auto zeros =
      at::constant_pad_nd(x, {plan.padding[1], plan.padding_after[1], plan.padding[0], plan.padding_after[0]}, 0);
  return at::conv2d(zeros, plan.weight, plan.bias);
}

double relative_error(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item().toDouble();
}

using Make = std::unique_ptr<const kernels::ConvolutionMethod> (*)(kernels::ConvolutionPlan);

std::unique_ptr<const kernels::ConvolutionMethod> winograd_by_onednn(kernels::ConvolutionPlan plan) {
  return make_winograd_convolution(std::move(plan), kernels::Library::onednn);
}

std::unique_ptr<const kernels::ConvolutionMethod> winograd_by_xnnpack(kernels::ConvolutionPlan plan) {
  return make_winograd_convolution(std::move(plan), kernels::Library::xnnpack);
}

struct Way {
  const char* name;
  Make make;
  double most_error;
};

constexpr Way kWays[] = {{"direct", kernels::make_direct_convolution, 1e-5},
                         {"XNNPACK", kernels::make_xnnpack_convolution, 1e-5},
                         {"Winograd by oneDNN", winograd_by_onednn, 5e-5},
                         {"Winograd by XNNPACK", winograd_by_xnnpack, 5e-5}};

class ConvolutionMethods : public testing::TestWithParam<Case> {};

TEST_P(ConvolutionMethods, ComputeWhatLibtorchComputes) {
  at::manual_seed(1);
  const auto plan = plan_of(GetParam());
  const auto x = numbers({GetParam().image[0], GetParam().in, GetParam().image[1], GetParam().image[2]});
  auto expected = by_libtorch(plan, x);
  const auto there = numbers(expected.sizes().vec());
  if (GetParam().adds) expected = expected + there;
  expected = plan.then.applied_to(expected);
  for (const Way& way : kWays) {
    SCOPED_TRACE(way.name);
    const auto method = way.make(plan);
    for (int twice = 0; twice < 2; ++twice) {
      const auto out = kernels::channels_last(there, at::kFloat).clone();
      const auto got = method->run(kernels::channels_last(x, at::kFloat), out, GetParam().adds, plan.then);
      ASSERT_EQ(got.sizes(), expected.sizes());
      EXPECT_LT(relative_error(got, expected), way.most_error);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Images, ConvolutionMethods,
    testing::Values(
        Case{.name = "WholeTiles", .image = {1, 16, 16}}, Case{.name = "PartsOfTiles", .image = {1, 17, 22}},
        Case{.name = "SmallerThanATile", .image = {1, 2, 3}}, Case{.name = "OnePixel", .image = {1, 1, 1}},
        Case{.name = "NoPadding", .image = {1, 13, 9}, .padding = {0, 0}, .padding_after = {0, 0}},
        Case{.name = "MuchPadding", .image = {1, 5, 6}, .padding = {5, 7}, .padding_after = {8, 6}},
        Case{.name = "PaddingOnOneSide", .image = {1, 12, 11}, .padding = {0, 1}, .padding_after = {2, 0}},
        Case{.name = "SeveralImages", .image = {3, 10, 7}}, Case{.name = "SeveralBlocks", .image = {2, 95, 90}},
        Case{.name = "NoBias", .image = {1, 9, 9}, .bias = false},
        Case{.name = "Adding", .image = {1, 9, 9}, .adds = true},
        Case{.name = "AddingThenRelu", .image = {1, 9, 9}, .adds = true, .then = {dnnl::algorithm::eltwise_relu, 0, 0}},
        Case{.name = "Clipping", .image = {1, 9, 9}, .then = {dnnl::algorithm::eltwise_clip, -40, 50}},
        Case{.name = "Swish", .image = {1, 9, 9}, .adds = true, .then = {dnnl::algorithm::eltwise_swish, 1, 0}},
        Case{.name = "ClippingToOneNumber", .image = {1, 9, 9}, .then = {dnnl::algorithm::eltwise_clip, 3, 3}},
        Case{.name = "ManyChannels", .image = {1, 14, 14}, .in = 320, .out = 256}),
    [](const auto& given) { return given.param.name; });

TEST(Winograd, KeepsWhatIsNoNumberBesideWhereItStands) {
  const Case given{.name = "", .image = {1, 24, 24}, .then = {dnnl::algorithm::eltwise_relu, 0, 0}};
  const auto method = make_winograd_convolution(plan_of(given), kernels::Library::onednn);
  auto x = kernels::channels_last(numbers({1, given.in, 24, 24}), at::kFloat);
  x[0][3][10][10] = std::numeric_limits<float>::quiet_NaN();
  const auto out = method->run(x, kernels::empty_image({1, given.out, 24, 24}, at::kFloat), false, given.then);
  EXPECT_TRUE(at::isnan(out.narrow(2, 9, 3).narrow(3, 9, 3)).all().item().toBool());
  EXPECT_FALSE(at::isnan(out.narrow(2, 16, 8)).any().item().toBool());
}

TEST(Winograd, SuitsWindowsOfThreeByStepOneOverImagesThatAreLargeEnough) {
  const auto plan = plan_of({.name = "", .image = {}, .in = 64, .out = 64});
  EXPECT_TRUE(suits_winograd(plan, 56, 56));
  EXPECT_FALSE(suits_winograd(plan, 8, 8));
  EXPECT_FALSE(suits_winograd(plan_of({.name = "", .image = {}, .in = 3, .out = 64}), 224, 224));
  EXPECT_TRUE(suits_winograd(plan_of({.name = "", .image = {}, .in = 512, .out = 512}), 28, 28));
  EXPECT_FALSE(suits_winograd(plan_of({.name = "", .image = {}, .in = 512, .out = 512}), 14, 14));
  auto strided = plan;
  strided.stride = {2, 2};
  EXPECT_FALSE(suits_winograd(strided, 56, 56));
  auto dilated = plan;
  dilated.dilation = {2, 2};
  EXPECT_FALSE(suits_winograd(dilated, 56, 56));
}

}  // namespace
}  // namespace tideline
