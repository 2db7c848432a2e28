#include "runtime/codec/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <vector>

namespace tideline::codec {
namespace {

Tensor floats(const std::vector<float>& values) {
  return Tensor::copy_of(DType::fp32, {static_cast<std::int64_t>(values.size())}, std::as_bytes(std::span(values)));
}

TensorSpec spec_of(const Tensor& tensor) {
  return {"x", tensor.dtype(), tensor.shape()};
}

TEST(Codec, Fp32SharesTheMemoryBothWays) {
  const Tensor tensor = floats({1, 2, 3});
  const Tensor wire = encode(plan::Codec::fp32, tensor);
  EXPECT_EQ(wire.data(), tensor.data());
  const Result<Tensor> back = decode(plan::Codec::fp32, spec_of(tensor), wire.data(), wire.bytes().size());
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->data(), tensor.data());
  EXPECT_TRUE(identical(*back, tensor));
}

TEST(Codec, Fp16HalvesTheBytesAndKeepsTheTypeAndShape) {
  const Tensor tensor = floats({0.0F, -1.0F, 0.333F, 1000.5F, 1e-6F});
  const Tensor wire = encode(plan::Codec::fp16, tensor);
  EXPECT_EQ(wire.bytes().size(), 10U);
  const Result<Tensor> back = decode(plan::Codec::fp16, spec_of(tensor), wire.data(), wire.bytes().size());
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->dtype(), DType::fp32);
  EXPECT_EQ(back->shape(), tensor.shape());
  for (std::size_t i = 0; i < 5; ++i) {
    const float was = tensor.floats()[i];
    EXPECT_NEAR(back->floats()[i], was, std::abs(was) / 2048 + 6e-8F);
  }
}

TEST(Codec, OtherTypesPassAsTheyAre) {
  const std::vector<std::int64_t> numbers{1, -2, 1LL << 40, 4, 5, 6, 7, 8};
  const Tensor tensor = Tensor::copy_of(DType::int64, {1, 8}, std::as_bytes(std::span(numbers)));
  for (const plan::Codec codec : plan::tensor_codecs()) {
    const Tensor wire = encode(codec, tensor);
    EXPECT_EQ(wire.data(), tensor.data());
    const Result<Tensor> back = decode(codec, spec_of(tensor), wire.data(), wire.bytes().size());
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_TRUE(identical(*back, tensor));
  }
}

TEST(Codec, ScalarsAndVectorsPassThroughStepsAsTheyAre) {
  const Tensor tensor = floats({0.1F, 1e9F, 3});
  for (const plan::Codec codec : {plan::Codec::q64, plan::Codec::q1})
    EXPECT_EQ(encode(codec, tensor).data(), tensor.data());
}

TEST(Codec, TheSizeIsWithinWhatWasSaidBeforeEncoding) {
  for (const plan::Codec codec : plan::tensor_codecs()) {
    for (const DType dtype : {DType::fp32, DType::fp16, DType::uint8, DType::fp64, DType::boolean}) {
      const TensorSpec spec{"x", dtype, {3, 5}};
      const std::vector<std::byte> zeros(byte_count(dtype, spec.shape)->count);
      const Tensor tensor = Tensor::copy_of(dtype, spec.shape, zeros);
      EXPECT_TRUE(encoded_size(codec, spec).holds(encode(codec, tensor).bytes().size())) << name(codec) << name(dtype);
    }
  }
}

TEST(Codec, AWrongSizeIsCorruptAndSaysWhatWasExpected) {
  const Tensor tensor = floats({1, 2, 3});
  for (const std::size_t size : {0UL, 5UL, 7UL, 12UL}) {
    const Result<Tensor> back = decode(plan::Codec::fp16, spec_of(tensor), tensor.data(), size);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().kind, ErrorKind::corrupt);
    EXPECT_THAT(back.error().message, testing::HasSubstr("6 bytes"));
  }
  EXPECT_FALSE(decode(plan::Codec::fp32, spec_of(tensor), tensor.data(), 11));
}

}  // namespace
}  // namespace tideline::codec
