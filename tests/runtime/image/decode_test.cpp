#include "runtime/image/decode.h"

#include "runtime/image/jpeg_decoder.h"
#include "runtime/image/reduction.h"
#include "tests/runtime/image/jpeg_file.h"
#include "tests/runtime/image/png_file.h"
#include "tests/runtime/image/webp_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::image {
namespace {

Picture decoded(const File& file, std::int32_t wanted_width = 0, std::int32_t wanted_height = 0) {
  const Result<Pixels> pixels = decode(file, Limits{}, wanted_width, wanted_height);
  EXPECT_TRUE(pixels) << pixels.error().message;
  if (!pixels) return {};
  const std::size_t size = static_cast<std::size_t>(pixels->width) * pixels->height * pixels->channels;
  return {pixels->width, pixels->height, pixels->channels, {pixels->bytes.get(), pixels->bytes.get() + size}};
}

// A picture whose pixels are those of another, moved.
template <typename Where>
Picture moved(const Picture& from, std::int32_t width, std::int32_t height, const Where& where) {
  Picture to{width, height, 3, {}};
  for (std::int32_t y = 0; y < height; ++y)
    for (std::int32_t x = 0; x < width; ++x) {
      const auto [from_x, from_y] = where(x, y);
      to.bytes.insert(to.bytes.end(), from.at(from_x, from_y), from.at(from_x, from_y) + 3);
    }
  return to;
}

// As EXIF defines the eight: where the shown pixel is stored, in an image of w x h.
std::pair<int, int> stored_at(int orientation, int x, int y, int w, int h) {
  switch (orientation) {
    case 2:
      return {w - 1 - x, y};
    case 3:
      return {w - 1 - x, h - 1 - y};
    case 4:
      return {x, h - 1 - y};
    case 5:
      return {y, x};
    case 6:
      return {y, h - 1 - x};
    case 7:
      return {w - 1 - y, h - 1 - x};
    case 8:
      return {w - 1 - y, x};
    default:
      return {x, y};
  }
}

TEST(Decode, LosslessFormatsKeepEveryPixel) {
  const Picture picture = pattern(61, 47);
  EXPECT_EQ(decoded(png_file(picture)).bytes, picture.bytes);
  EXPECT_EQ(decoded(png_file(picture, {.interlaced = true})).bytes, picture.bytes);
  EXPECT_EQ(decoded(webp_file(picture, true)).bytes, picture.bytes);
}

TEST(Decode, EveryOrientationIsApplied) {
  const Picture picture = pattern(13, 9);
  for (int o = 1; o <= 8; ++o) {
    const File exif = exif_with(static_cast<std::uint16_t>(o), o % 2 == 0);
    const Picture expected =
        moved(picture, o < 5 ? 13 : 9, o < 5 ? 9 : 13, [&](int x, int y) { return stored_at(o, x, y, 13, 9); });
    EXPECT_EQ(decoded(with_chunk(png_file(picture), chunk("eXIf", exif))).bytes, expected.bytes) << o;
    EXPECT_EQ(decoded(extended_webp(webp_file(picture, true), 13, 9, 8, exif)).bytes, expected.bytes) << o;
    const Picture plain = decoded(jpeg_file(picture));
    const Picture turned =
        moved(plain, o < 5 ? 13 : 9, o < 5 ? 9 : 13, [&](int x, int y) { return stored_at(o, x, y, 13, 9); });
    EXPECT_EQ(decoded(jpeg_file(picture, {.exif = exif})).bytes, turned.bytes) << o;
  }
}

TEST(Decode, GreyBecomesThreeEqualColours) {
  const Picture grey = pattern(20, 10, 1);
  for (const File& file : {png_file(grey, {.colour_type = PNG_COLOR_TYPE_GRAY}), jpeg_file(grey, {.quality = 100})}) {
    const Picture rgb = decoded(file);
    for (std::size_t i = 0; i < grey.bytes.size(); ++i) {
      EXPECT_NEAR(rgb.bytes[3 * i], grey.bytes[i], 2);
      EXPECT_EQ(rgb.bytes[3 * i], rgb.bytes[3 * i + 1]);
      EXPECT_EQ(rgb.bytes[3 * i], rgb.bytes[3 * i + 2]);
    }
  }
}

TEST(Decode, OfSixteenBitsTheHigherHalfIsTaken) {
  Picture deep = pattern(20, 10, 6), expected{20, 10, 3, {}};
  for (std::size_t i = 0; i < deep.bytes.size(); i += 2) expected.bytes.push_back(deep.bytes[i]);
  EXPECT_EQ(decoded(png_file(deep, {.bits = 16})).bytes, expected.bytes);
  const Picture deep_grey = pattern(20, 10, 2);
  const Picture shown = decoded(png_file(deep_grey, {.colour_type = PNG_COLOR_TYPE_GRAY, .bits = 16}));
  for (std::size_t i = 0; i < 200; ++i) EXPECT_EQ(shown.bytes[3 * i], deep_grey.bytes[2 * i]);
}

TEST(Decode, TransparencyIsDropped) {
  const Picture clear = pattern(20, 10, 4);
  Picture expected{20, 10, 3, {}};
  for (std::size_t i = 0; i < clear.bytes.size(); ++i)
    if (i % 4 != 3) expected.bytes.push_back(clear.bytes[i]);
  EXPECT_EQ(decoded(png_file(clear, {.colour_type = PNG_COLOR_TYPE_RGB_ALPHA})).bytes, expected.bytes);
}

TEST(Decode, APaletteIsLookedUp) {
  Picture numbers = pattern(20, 10, 1);
  for (std::uint8_t& number : numbers.bytes) number %= 5;
  const std::vector<png_color> palette{{1, 2, 3}, {40, 50, 60}, {255, 0, 7}, {0, 0, 0}, {9, 8, 7}};
  const Picture shown = decoded(png_file(numbers, {.colour_type = PNG_COLOR_TYPE_PALETTE}, palette));
  for (std::size_t i = 0; i < numbers.bytes.size(); ++i) {
    EXPECT_EQ(shown.bytes[3 * i], palette[numbers.bytes[i]].red);
    EXPECT_EQ(shown.bytes[3 * i + 2], palette[numbers.bytes[i]].blue);
  }
}

TEST(Decode, ALargeJpegIsDecodedAtAPartOfItsSize) {
  const File file = jpeg_file(pattern(320, 241));
  const auto size = [&](int wanted) {
    return std::pair(decoded(file, wanted, 1).width, decoded(file, wanted, 1).height);
  };
  EXPECT_EQ(size(81), std::pair(320, 241));
  EXPECT_EQ(size(80), std::pair(160, 121));
  EXPECT_EQ(size(40), std::pair(80, 61));
  EXPECT_EQ(size(20), std::pair(40, 31));
  EXPECT_EQ(size(1), std::pair(40, 31));
  EXPECT_EQ(decoded(png_file(pattern(320, 241)), 1, 1).width, 320);
}

TEST(Decode, ProgressiveJpegsOfAnyShapeFitTheirMemory) {
  for (const auto& [width, height] : {std::pair(1, 1), std::pair(7, 33), std::pair(33, 7), std::pair(65500, 2),
                                      std::pair(2, 20000), std::pair(257, 129)})
    for (const int across : {1, 2, 4})
      for (const int down : {1, 2}) {
        const JpegKind kind{.across = across, .down = down, .progressive = true};
        EXPECT_EQ(decoded(jpeg_file(pattern(width, height), kind)).width, width) << height << across << down;
      }
  EXPECT_EQ(decoded(jpeg_file(pattern(33, 17, 4), {.progressive = true})).height, 17);
}

// Otherwise the pixels at the border of a crop would depend on the crop.
TEST(JpegDecoder, AWindowHasThePixelsOfTheWholeImage) {
  const Picture picture = pattern(200, 150);
  for (const JpegKind& kind : {JpegKind{.across = 1, .down = 1}, JpegKind{.across = 2, .down = 1}, JpegKind{},
                               JpegKind{.across = 1, .down = 2}, JpegKind{.across = 4, .down = 1},
                               JpegKind{.progressive = true}, JpegKind{.restart_rows = 1}})
    for (const int by : {1, 2, 4, 8}) {
      const File file = jpeg_file(picture, kind);
      const std::int32_t width = reduced(200, by), height = reduced(150, by);
      JpegDecoder whole(file);
      ASSERT_TRUE(whole.open({200, 150}));
      const Result<Part> all = whole.decode(by, {0, 0, width, height}, JpegColours::rgb);
      for (const Window& window : {Window{width / 3, height / 4, width / 3, height / 2}, Window{1, 1, 1, 1},
                                   Window{width - 2, height - 2, 2, 2}, Window{width / 2, 0, 3, height}}) {
        JpegDecoder decoder(file);
        ASSERT_TRUE(decoder.open({200, 150}));
        const Result<Part> part = decoder.decode(by, window, JpegColours::rgb);
        ASSERT_TRUE(part) << part.error().message;
        for (std::int32_t y = window.top; y < window.top + window.height; ++y)
          for (std::int32_t i = 3 * window.left; i < 3 * (window.left + window.width); ++i)
            ASSERT_EQ(row_of(*part, y)[i - 3 * part->left], row_of(*all, y)[i])
                << kind.across << "x" << kind.down << " 1/" << by << " at " << i / 3 << ", " << y;
      }
    }
}

TEST(JpegDecoder, RefusesAnotherSizeThanTheHeaders) {
  const File file = jpeg_file(pattern(20, 10));
  JpegDecoder decoder(file);
  const Result<void> opened = decoder.open({21, 10});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().message, "the JPEG is 20 x 10 pixels, not 21 x 10");
}

}  // namespace
}  // namespace tideline::image
