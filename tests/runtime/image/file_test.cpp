#include "runtime/image/file.h"

#include "tests/runtime/image/jpeg_file.h"
#include "tests/runtime/image/png_file.h"
#include "tests/runtime/image/webp_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tideline::image {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

Result<Header> header_of(const File& file) {
  return read_header(file, Limits{});
}

std::string refusal_of(const File& file, const Limits& limits = {}) {
  const Result<Header> header = read_header(file, limits);
  if (header) return "read";
  EXPECT_EQ(header.error().kind, ErrorKind::invalid);
  return header.error().message;
}

File text_file(const std::string& text) {
  File file;
  append(file, text.data(), text.size());
  return file;
}

void expect_size(const File& file, Format format, std::int32_t width, std::int32_t height) {
  const Result<Header> header = header_of(file);
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->format, format);
  EXPECT_EQ(header->width, width);
  EXPECT_EQ(header->height, height);
}

TEST(File, EveryFormatSaysItsSize) {
  const Picture picture = pattern(61, 47);
  expect_size(jpeg_file(picture), Format::jpeg, 61, 47);
  expect_size(jpeg_file(picture, {.progressive = true}), Format::jpeg, 61, 47);
  expect_size(png_file(picture), Format::png, 61, 47);
  expect_size(webp_file(picture, true), Format::webp, 61, 47);
  expect_size(webp_file(picture, false), Format::webp, 61, 47);
  EXPECT_EQ(name(Format::webp), "WebP");
}

TEST(File, SizesAreThoseAfterTurning) {
  const Picture picture = pattern(61, 47);
  for (int orientation = 1; orientation <= 8; ++orientation)
    for (const bool intel : {true, false}) {
      const File exif = exif_with(static_cast<std::uint16_t>(orientation), intel);
      for (const File& file : {jpeg_file(picture, {.exif = exif}), with_chunk(png_file(picture), chunk("eXIf", exif)),
                               extended_webp(webp_file(picture, true), 61, 47, 8, exif)}) {
        const Result<Header> header = header_of(file);
        ASSERT_TRUE(header) << header.error().message;
        EXPECT_EQ(header->orientation, orientation);
        EXPECT_EQ(header->width, orientation < 5 ? 61 : 47);
        EXPECT_EQ(header->height, orientation < 5 ? 47 : 61);
      }
    }
}

TEST(File, AnOrientationThatCannotBeIsIgnored) {
  for (const int orientation : {0, 9, 1000})
    EXPECT_EQ(header_of(jpeg_file(pattern(16, 8), {.exif = exif_with(static_cast<std::uint16_t>(orientation), true)}))
                  ->orientation,
              1);
  EXPECT_EQ(header_of(jpeg_file(pattern(16, 8), {.exif = exif_with(6, true, 2)}))->orientation, 1) << "text";
  for (std::size_t size = 1; size < exif_with(6, true).size(); ++size) {
    File exif = exif_with(6, true);
    exif.resize(size);
    EXPECT_TRUE(header_of(jpeg_file(pattern(16, 8), {.exif = exif}))) << size;
  }
}

TEST(File, WhatIsNoImageIsNamed) {
  EXPECT_EQ(refusal_of({}), "the file is empty; send a JPEG, PNG or WebP");
  EXPECT_EQ(refusal_of(text_file("hello, world\n")), "the file is text; send a JPEG, PNG or WebP");
  EXPECT_THAT(refusal_of(text_file("GIF89a")), HasSubstr("a GIF"));
  EXPECT_THAT(refusal_of(text_file("%PDF-1.7")), HasSubstr("a PDF"));
  EXPECT_THAT(refusal_of(text_file("\0\0\0\x18"
                                   "ftypheic"s)),
              HasSubstr("a HEIC"));
  EXPECT_THAT(refusal_of(text_file("\0\0\0\x18"
                                   "ftypavif"s)),
              HasSubstr("an AVIF"));
  EXPECT_THAT(refusal_of(text_file("\0\0\0\x18"
                                   "ftypisom"s)),
              HasSubstr("a video"));
  EXPECT_THAT(refusal_of(text_file("MM\0*"s)), HasSubstr("a TIFF"));
  EXPECT_THAT(refusal_of(text_file("BM1234")), HasSubstr("a BMP"));
  EXPECT_THAT(refusal_of(text_file("<!doctype html>")), HasSubstr("HTML"));
  EXPECT_THAT(refusal_of(text_file("{\"a\": 1}")), HasSubstr("JSON"));
  EXPECT_THAT(refusal_of(text_file("/9j/4AAQSkZJRg")), HasSubstr("base64"));
  EXPECT_THAT(refusal_of(text_file("\1\2\3")), HasSubstr("of no known type"));
  EXPECT_THAT(refusal_of(text_file("RIFF\x10\0\0\0WAVE"s)), HasSubstr("another RIFF type"));
}

TEST(File, ASizeOverTheLimitIsTooLarge) {
  const std::string refusal = refusal_of(png_file(pattern(61, 47)), {.pixels = 2866});
  EXPECT_EQ(refusal, "the image is too large: 61 x 47 are 2867 pixels, and the limit is 2866; make it smaller");
  EXPECT_EQ(refusal_of(png_file(pattern(61, 47)), {.pixels = 2867}), "read");
  EXPECT_THAT(refusal_of(png_file(pattern(61, 47)), {.bytes = 100}), HasSubstr("the file is too large"));
  EXPECT_THAT(refusal_of(png_header(65536, 1)), HasSubstr("above 65535"));
  EXPECT_EQ(refusal_of(png_header(65535, 1)), "read");
}

TEST(File, ASizeOfZeroHoldsNoPixels) {
  EXPECT_EQ(refusal_of(png_header(0, 7)), "the image is 0 x 7 pixels; it holds none");
  File jpeg = jpeg_file(pattern(16, 8));
  for (std::size_t i = 0; i + 6 < jpeg.size(); ++i)
    if (jpeg[i] == std::byte{0xFF} && jpeg[i + 1] == std::byte{0xC0}) jpeg[i + 5] = jpeg[i + 6] = {};
  EXPECT_THAT(refusal_of(jpeg), HasSubstr("16 x 0"));
}

TEST(File, AnimationsAreRefused) {
  EXPECT_THAT(refusal_of(with_chunk(png_file(pattern(16, 8)), chunk("acTL", File(8)))), HasSubstr("PNG is animated"));
  EXPECT_THAT(refusal_of(extended_webp({}, 16, 8, 2)), HasSubstr("WebP is animated"));
}

TEST(File, KindsOfJpegThatAreNotReadAreNamed) {
  const auto as = [](int marker, int bits) {
    File jpeg = jpeg_file(pattern(16, 8));
    for (std::size_t i = 0; i + 6 < jpeg.size(); ++i)
      if (jpeg[i] == std::byte{0xFF} && jpeg[i + 1] == std::byte{0xC0}) {
        jpeg[i + 1] = static_cast<std::byte>(marker);
        jpeg[i + 4] = static_cast<std::byte>(bits);
        break;
      }
    return refusal_of(jpeg);
  };
  EXPECT_THAT(as(0xC3, 8), HasSubstr("lossless"));
  EXPECT_THAT(as(0xC9, 8), HasSubstr("arithmetically"));
  EXPECT_THAT(as(0xC5, 8), HasSubstr("hierarchical"));
  EXPECT_THAT(as(0xC1, 12), HasSubstr("12 bits"));
}

TEST(File, AHeaderThatIsCutShortIsRefused) {
  for (const File& whole : {jpeg_file(pattern(16, 8)), png_header(16, 8), webp_file(pattern(16, 8), true)})
    for (std::size_t size = 0; size < 30; ++size)
      EXPECT_NE(refusal_of(File(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))), "read") << size;
  EXPECT_THAT(refusal_of(text_file("\xFF\xD8\xFF\xD9")), HasSubstr("holds no image"));
}

}  // namespace
}  // namespace tideline::image
