// Damaged files, and small files that claim to hold a lot.
#include "runtime/image/decode.h"
#include "runtime/image/prepare.h"
#include "tests/runtime/image/jpeg_file.h"
#include "tests/runtime/image/peak_memory.h"
#include "tests/runtime/image/png_file.h"
#include "tests/runtime/image/webp_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>

namespace tideline::image {
namespace {

using testing::HasSubstr;

constexpr std::size_t kMebibyte = 1 << 20;

std::vector<File> whole_files() {
  const Picture picture = pattern(320, 240);
  return {jpeg_file(picture, {.quality = 95}),
          jpeg_file(picture, {.quality = 95, .progressive = true}),
          jpeg_file(picture, {.restart_rows = 1}),
          jpeg_file(pattern(320, 240, 1)),
          png_file(picture),
          png_file(picture, {.interlaced = true}),
          webp_file(picture, true),
          webp_file(picture, false)};
}

// Only the middle of the image is wanted, and less than half of its size.
Result<Tensor> middle_of(const File& file) {
  Preparation preparation = *preset("raw", 40, 40);
  preparation.fit = Fit::crop;
  preparation.resize_to = 110;
  return prepare(file, preparation, Limits{});
}

TEST(Damage, AFileThatIsCutShortIsNeverAnImage) {
  for (const File& whole : whole_files()) {
    ASSERT_TRUE(middle_of(whole)) << middle_of(whole).error().message;
    for (std::size_t size = 0; size < whole.size(); size += size < 1024 ? 128 : 1024) {
      const Result<Tensor> cut = middle_of(File(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
      EXPECT_FALSE(cut) << size << " of " << whole.size() << " bytes";
    }
    EXPECT_FALSE(middle_of(File(whole.begin(), whole.end() - 3)));
  }
}

// JPEG and WebP have no checksums: the image may be whole and wrong.
TEST(Damage, AChangedByteGivesAnErrorOrAWholeImage) {
  std::mt19937 random(1);
  for (const File& whole : whole_files())
    for (int i = 0; i < 60; ++i) {
      File changed = whole;
      changed[random() % changed.size()] ^= static_cast<std::byte>(1U << (random() % 8));
      const Result<Tensor> pixels = middle_of(changed);
      EXPECT_EQ(pixels ? pixels->bytes().size() : 4800, 4800U);
    }
}

TEST(Damage, APngKnowsEveryChangedByte) {
  const File whole = png_file(pattern(64, 48));
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    File changed = whole;
    changed[at] ^= std::byte{4};
    EXPECT_FALSE(decode(changed, Limits{}, 0, 0)) << at;
  }
}

// Versions of libpng differ in what they do about one in a chunk that changes no pixel.
TEST(Damage, APngWithOneWrongChecksumIsRefused) {
  File file = png_file(pattern(64, 48));
  constexpr std::array<unsigned char, 12> kText{0, 0, 0, 0, 't', 'E', 'X', 't', 1, 2, 3, 4};
  const auto bytes = std::as_bytes(std::span(kText));
  file.insert(file.end() - 12, bytes.begin(), bytes.end());
  EXPECT_FALSE(decode(file, Limits{}, 0, 0));
}

TEST(Damage, BytesBetweenSegmentsAreHarmless) {
  File file = jpeg_file(pattern(64, 48));
  const Result<Pixels> before = decode(file, Limits{}, 0, 0);
  file.insert(file.end() - 2, 8, std::byte{0});
  const Result<Pixels> after = decode(file, Limits{}, 0, 0);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_TRUE(std::equal(before->bytes.get(), before->bytes.get() + 64 * 48 * 3, after->bytes.get()));
}

TEST(Damage, TooManyScansAreRefused) {
  const Result<Pixels> pixels = decode(jpeg_file(pattern(64, 48), {.scan_per_coefficient = true}), Limits{}, 0, 0);
  ASSERT_FALSE(pixels);
  EXPECT_EQ(pixels.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(pixels.error().message, HasSubstr("too many scans"));
}

File jpeg_of_size(std::uint32_t width, std::uint32_t height) {
  File jpeg = jpeg_file(pattern(16, 8));
  File size;
  append_big(size, height, 2);
  append_big(size, width, 2);
  for (std::size_t i = 0; i + 9 < jpeg.size(); ++i)
    if (jpeg[i] == std::byte{0xFF} && jpeg[i + 1] == std::byte{0xC0})
      std::copy(size.begin(), size.end(), jpeg.begin() + static_cast<std::ptrdiff_t>(i) + 5);
  return jpeg;
}

File lossless_webp_header(std::uint32_t width, std::uint32_t height) {
  File stream, chunks, file;
  append_little(stream, 0x2F, 1);
  append_little(stream, (width - 1) | (height - 1) << 14, 4);
  stream.resize(20);
  append(chunks, "WEBP", 4);
  append_riff(chunks, "VP8L", stream);
  append_riff(file, "RIFF", chunks);
  return file;
}

TEST(Damage, AFewBytesThatClaimToBeHugeCostNothing) {
  const std::vector<File> bombs{png_header(60000, 60000), jpeg_of_size(65500, 65500),
                                lossless_webp_header(16383, 16383), extended_webp({}, 16384, 16384, 0)};
  for (const File& bomb : bombs) {
    EXPECT_LT(bomb.size(), 1000U);
    std::string message;
    const auto grown = peak_growth([&] {
      const Result<Tensor> pixels = middle_of(bomb);
      message = pixels ? "an image" : pixels.error().message;
    });
    EXPECT_THAT(message, HasSubstr("too large"));
    if (grown) {
      EXPECT_LT(*grown, kMebibyte * 2);
    }
  }
}

TEST(Damage, AHugeImageWithinTheLimitTakesNoMoreThanItsPromise) {
  const std::size_t pixels = 4000UL * 4000;
  for (const File& bomb : {png_header(4000, 4000), jpeg_of_size(4000, 4000), lossless_webp_header(4000, 4000)}) {
    const auto grown = peak_growth([&] { EXPECT_FALSE(middle_of(bomb)); });
    if (grown) {
      EXPECT_LT(*grown, pixels * 11 + 32 * kMebibyte);
    }
  }
}

TEST(Damage, AWholeImageTakesNoMoreThanItsPromise) {
  const Picture picture = pattern(1600, 1200);
  for (const File& file :
       {jpeg_file(picture), jpeg_file(pattern(1600, 1200, 4)), jpeg_file(picture, {.exif = exif_with(3, true)}),
        jpeg_file(picture, {.across = 1, .down = 1, .progressive = true, .exif = exif_with(6, true)}),
        png_file(picture, {.interlaced = true}), webp_file(picture, true), webp_file(picture, false)}) {
    const Result<Header> header = read_header(file, Limits{});
    ASSERT_TRUE(header);
    const auto grown = peak_growth([&] { EXPECT_TRUE(decode(file, Limits{}, 0, 0)); });
    if (grown) {
      EXPECT_LT(*grown, decoding_bytes(*header, 1) + 2 * kMebibyte) << name(header->format);
    }
  }
}

}  // namespace
}  // namespace tideline::image
