#include "runtime/base/outputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace tideline {
namespace {

using testing::HasSubstr;

const std::vector<TensorSpec> kWanted{{"scores", DType::fp32, {1, 10}}, {"sizes", DType::int64, {2}}};

std::string complaint(const std::vector<TensorSpec>& given) {
  const auto fits = check_outputs(kWanted, given);
  return fits ? "" : fits.error().message;
}

TEST(Outputs, WhatTheNetworkGivesFitsWhateverItsNames) {
  EXPECT_EQ(complaint({{"", DType::fp32, {1, 10}}, {"", DType::int64, {2}}}), "");
}

TEST(Outputs, TooFewTooManyAndNoneDoNot) {
  EXPECT_EQ(complaint({}), "the answer has 0 outputs, but the network returns 2");
  EXPECT_THAT(complaint({{"", DType::fp32, {1, 10}}}), HasSubstr("1 outputs"));
  EXPECT_THAT(complaint({3, {"", DType::fp32, {1, 10}}}), HasSubstr("3 outputs"));
}

TEST(Outputs, AnotherShapeOrTypeDoesNotAndBothAreSaid) {
  EXPECT_EQ(complaint({{"", DType::fp32, {10, 1}}, {"", DType::int64, {2}}}),
            "output 0 of the answer is fp32[10,1], but the network returns fp32[1,10]");
  EXPECT_THAT(complaint({{"", DType::fp32, {1, 10}}, {"", DType::fp32, {2}}}), HasSubstr("output 1"));
  EXPECT_THAT(complaint({{"", DType::fp32, {1, 1, 10}}, {"", DType::int64, {2}}}), HasSubstr("fp32[1,1,10]"));
}

TEST(Outputs, SpecsAreThoseOfTheTensors) {
  const std::array<std::byte, 8> bytes{};
  const std::vector<Tensor> tensors{Tensor::copy_of(DType::int32, {2, 1}, bytes)};
  EXPECT_EQ(specs_of(tensors), (std::vector<TensorSpec>{{"", DType::int32, {2, 1}}}));
}

}  // namespace
}  // namespace tideline
