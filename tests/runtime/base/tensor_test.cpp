#include "runtime/base/tensor.h"

#include <gtest/gtest.h>

#include <array>

namespace tideline {
namespace {

TEST(TensorSpec, IsPrintedAsItIsRead) {
  for (const char* text : {"fp32[1,3,224,224]", "int64[7]", "bool[]", "uint8[1,1]", "fp32[*,3,8]", "int64[*]"}) {
    const auto spec = parse_tensor_spec(text);
    ASSERT_TRUE(spec) << text;
    EXPECT_EQ(to_string(*spec), text);
  }
}

TEST(TensorSpec, WhatIsNoSpecIsRefusedInOneSentence) {
  for (const char* text : {"", "fp32", "fp32[", "[1]", "float[1]", "fp32[1,]", "fp32[,1]", "fp32[1 2]", "fp32[0]",
                           "fp32[-1]", "fp32[*,]", "fp32[1,*]", "fp32[**]", "fp32[*3]", "fp32[*,*]",
                           "fp32[1,1,1,1,1,1,1,1,1]", "fp32[99999999999999999999]", "fp32[4294967296,4294967296]"}) {
    const auto spec = parse_tensor_spec(text);
    ASSERT_FALSE(spec) << text;
    EXPECT_EQ(spec.error().kind, ErrorKind::invalid);
    EXPECT_EQ(spec.error().message.find('\n'), std::string::npos);
  }
}

TEST(TensorSpec, ANameMayStandBeforeIt) {
  const std::pair<const char*, const char*> named[] = {{"pixels:fp32[1,3]", "pixels"},
                                                       {"serving_default:0:int64[7]", "serving_default:0"}};
  for (const auto& [text, name] : named) {
    const auto spec = parse_tensor_spec(text);
    ASSERT_TRUE(spec) << text;
    EXPECT_EQ(spec->name, name);
  }
  for (const std::string& text : {std::string(":fp32[1]"), std::string("a b:fp32[1]"), std::string("a;b:fp32[1]"),
                                  std::string("\xc3\xa4:fp32[1]"), std::string(129, 'a') + ":fp32[1]"}) {
    const auto spec = parse_tensor_spec(text);
    ASSERT_FALSE(spec) << text;
    EXPECT_NE(spec.error().message.find("cannot name a tensor"), std::string::npos) << spec.error().message;
  }
}

TEST(TensorSpec, AnyBatchFitsEveryBatchAndNothingElse) {
  const TensorSpec any = *parse_tensor_spec("fp32[*,3]");
  EXPECT_TRUE(any_batch(any));
  EXPECT_EQ(to_string(at_batch(any, 5)), "fp32[5,3]");
  EXPECT_EQ(at_batch(at_batch(any, 5), 7), at_batch(any, 5));
  EXPECT_TRUE(fits(any, DType::fp32, Shape{1, 3}) && fits(any, DType::fp32, Shape{900, 3}));
  for (const Shape& shape : {Shape{0, 3}, Shape{-1, 3}, Shape{1, 4}, Shape{3}, Shape{1, 3, 1}, Shape{}})
    EXPECT_FALSE(fits(any, DType::fp32, shape));
  EXPECT_FALSE(fits(any, DType::fp64, Shape{1, 3}));
  EXPECT_FALSE(fits(at_batch(any, 2), DType::fp32, Shape{1, 3}));
  EXPECT_FALSE(byte_count(any.dtype, any.shape));
}

TEST(TensorSpec, TheBytesOfAShapeAreCheckedForOverflow) {
  EXPECT_EQ(*byte_count(DType::fp32, Shape{64, 27, 27}), Bytes{186624});
  EXPECT_FALSE(byte_count(DType::fp32, Shape{std::int64_t{1} << 62, 2}));
  EXPECT_FALSE(byte_count(DType::fp64, Shape{std::int64_t{1} << 61}));
}

TEST(DType, EveryWireValueIsKnownOrCorrupt) {
  for (int value = 0; value < 256; ++value) {
    const auto dtype = dtype_from_wire(static_cast<std::uint8_t>(value));
    EXPECT_EQ(static_cast<bool>(dtype), value < 10) << value;
    if (dtype) {
      EXPECT_EQ(*parse_dtype(name(*dtype)), *dtype);
    }
  }
}

TEST(Tensor, ACopyOwnsAlignedBytesAndIsComparedByContent) {
  const std::array<float, 2> numbers{1, -0.0f};
  const Tensor a = Tensor::copy_of(DType::fp32, {2}, std::as_bytes(std::span(numbers)));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a.bytes().data()) % 64, 0u);
  EXPECT_EQ(a.floats()[0], 1);
  EXPECT_TRUE(identical(a, a));
  const std::array<float, 2> positive{1, 0.0f};
  EXPECT_FALSE(identical(a, Tensor::copy_of(DType::fp32, {2}, std::as_bytes(std::span(positive)))));
  EXPECT_FALSE(identical(a, Tensor::copy_of(DType::fp32, {1, 2}, std::as_bytes(std::span(numbers)))));
}

}  // namespace
}  // namespace tideline
