#include "runtime/image/recompress.h"

#include "runtime/image/prepare.h"
#include "tests/runtime/image/jpeg_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace tideline::image {
namespace {

using testing::HasSubstr;

Tensor tensor_of(const Picture& picture) {
  return Tensor::copy_of(DType::uint8, {picture.height, picture.width, picture.channels},
                         std::as_bytes(std::span(picture.bytes)));
}

Picture smooth(std::int32_t channels) {
  Picture picture = pattern(48, 32, channels);
  for (std::int32_t i = 0; i < 48 * 32 * channels; ++i)
    picture.bytes[i] = static_cast<std::uint8_t>(i / channels % 48 * 4 + i % channels * 30);
  return picture;
}

int largest_difference(const Tensor& a, const Tensor& b) {
  int most = 0;
  for (std::size_t i = 0; i < a.bytes().size(); ++i)
    most = std::max(most, std::abs(std::to_integer<int>(a.bytes()[i]) - std::to_integer<int>(b.bytes()[i])));
  return most;
}

TEST(Recompress, WhatComesBackIsClose) {
  for (const std::int32_t channels : {1, 3}) {
    const Tensor pixels = tensor_of(smooth(channels));
    const Result<Tensor> file = encode_jpeg(pixels, 95);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->shape(), (Shape{static_cast<std::int64_t>(file->bytes().size())}));
    EXPECT_LT(file->bytes().size(), pixels.bytes().size());
    const Result<Tensor> back = decode_jpeg(file->bytes(), 48, 32, channels);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->shape(), pixels.shape());
    EXPECT_LE(largest_difference(*back, pixels), 6);
  }
}

TEST(Recompress, TheSamePixelsGiveTheSameBytes) {
  const Tensor pixels = tensor_of(pattern(61, 47));
  EXPECT_TRUE(identical(*encode_jpeg(pixels, 90), *encode_jpeg(pixels, 90)));
  EXPECT_LT(encode_jpeg(pixels, 50)->bytes().size(), encode_jpeg(pixels, 95)->bytes().size());
}

TEST(Recompress, ItIsABaselineJpegWithoutSubsampling) {
  const Tensor file = *encode_jpeg(tensor_of(pattern(48, 32)), 90);
  const auto bytes = file.bytes();
  bool found = false;
  for (std::size_t i = 0; i + 18 < bytes.size() && !found; ++i)
    if (bytes[i] == std::byte{0xFF} && bytes[i + 1] == std::byte{0xC0}) {
      found = true;
      for (const std::size_t component : {0, 1, 2}) EXPECT_EQ(bytes[i + 11 + 3 * component], std::byte{0x11});
    }
  EXPECT_TRUE(found);
  EXPECT_TRUE(read_header(bytes, Limits{}));
}

TEST(Recompress, AnotherSizeOrNumberOfColoursIsCorrupt) {
  const Tensor file = *encode_jpeg(tensor_of(pattern(48, 32)), 90);
  const auto refusal = [&](std::int32_t width, std::int32_t height, std::int32_t channels) {
    const Result<Tensor> back = decode_jpeg(file.bytes(), width, height, channels);
    if (back) return std::string("taken");
    EXPECT_EQ(back.error().kind, ErrorKind::corrupt);
    return back.error().message;
  };
  EXPECT_EQ(refusal(48, 32, 3), "taken");
  EXPECT_THAT(refusal(32, 48, 3), HasSubstr("48 x 32 pixels, not 32 x 48"));
  EXPECT_THAT(refusal(48, 32, 1), HasSubstr("3 colours, not 1"));
  EXPECT_FALSE(decode_jpeg({}, 48, 32, 3));
  EXPECT_FALSE(decode_jpeg(file.bytes().first(file.bytes().size() / 2), 48, 32, 3));
  EXPECT_FALSE(decode_jpeg(jpeg_file(pattern(16, 8, 4)), 16, 8, 4));
}

TEST(Recompress, WhatCannotBeEncodedIsInvalid) {
  EXPECT_EQ(encode_jpeg(tensor_of(pattern(8, 8)), 0).error().kind, ErrorKind::invalid);
  EXPECT_EQ(encode_jpeg(tensor_of(pattern(8, 8)), 101).error().kind, ErrorKind::invalid);
  const Result<Tensor> wide = encode_jpeg(tensor_of(pattern(65501, 1, 1)), 90);
  ASSERT_FALSE(wide);
  EXPECT_THAT(wide.error().message, HasSubstr("65501 x 1"));
}

}  // namespace
}  // namespace tideline::image
