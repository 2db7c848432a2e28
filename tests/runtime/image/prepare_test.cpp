#include "runtime/image/prepare.h"

#include "runtime/image/decode.h"
#include "runtime/image/frame.h"
#include "tests/runtime/image/jpeg_file.h"
#include "tests/runtime/image/png_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

namespace tideline::image {
namespace {

using testing::HasSubstr;

Tensor bytes_tensor(Shape shape, const std::vector<std::uint8_t>& values) {
  return Tensor::copy_of(DType::uint8, std::move(shape), std::as_bytes(std::span(values)));
}

int byte_at(const Tensor& pixels, std::size_t at) {
  return std::to_integer<int>(pixels.bytes()[at]);
}

TEST(Frame, ACropRoundsAsTorchvisionDoes) {
  Preparation preparation = *preset("imagenet", 224, 224);
  const Frame frame = frame_of(640, 427, preparation);
  EXPECT_EQ(frame.resized_width, 383);
  EXPECT_EQ(frame.resized_height, 256);
  EXPECT_EQ(frame.left, 80) << "79.5 rounds to even";
  EXPECT_EQ(frame.top, 16);
  EXPECT_EQ(frame_of(427, 638, preparation).top, 79) << "158 / 2";
  EXPECT_EQ(frame_of(427, 636, preparation).top, 78) << "78.5 rounds to even";
}

TEST(Frame, ACropCoversTheInput) {
  Preparation preparation = *preset("raw", 320, 100);
  preparation.fit = Fit::crop;
  const Frame wide = frame_of(640, 480, preparation);
  EXPECT_EQ(wide.resized_width, 320);
  EXPECT_EQ(wide.resized_height, 240);
  EXPECT_EQ(wide.top, 70);
  preparation.resize_to = 120;
  EXPECT_EQ(frame_of(640, 480, preparation).resized_width, 320) << "160 would be too narrow";
  preparation.resize_to = 300;
  EXPECT_EQ(frame_of(640, 480, preparation).resized_width, 400);
}

TEST(Frame, ALetterboxHasItsBorderWhereUltralyticsHasIt) {
  const Frame frame = frame_of(810, 1080, *preset("yolo", 640, 640));
  EXPECT_EQ(frame.resized_width, 480);
  EXPECT_EQ(frame.resized_height, 640);
  EXPECT_EQ(frame.border_left, 80);
  EXPECT_EQ(frame_of(811, 1080, *preset("yolo", 640, 640)).border_left, 79) << "159 / 2";
  EXPECT_EQ(frame_of(1, 60000, *preset("yolo", 640, 640)).width, 1);
}

TEST(Placement, TakesPointsBackToTheImage) {
  const Header header{Format::jpeg, 1280, 720, 1};
  const Placement boxed = placement(header, *preset("yolo", 640, 640));
  EXPECT_EQ(boxed.width, 1280);
  EXPECT_DOUBLE_EQ((320 - boxed.offset_x) / boxed.scale_x, 640);
  EXPECT_DOUBLE_EQ((320 - boxed.offset_y) / boxed.scale_y, 360);
  EXPECT_DOUBLE_EQ((140 - boxed.offset_y) / boxed.scale_y, 0);
  const Placement cropped = placement(header, *preset("imagenet", 224, 224));
  EXPECT_NEAR((112 - cropped.offset_x) / cropped.scale_x, 640, 2);
  EXPECT_NEAR((112 - cropped.offset_y) / cropped.scale_y, 360, 2);
}

TEST(Prepare, GivesThePixelsOfTheInput) {
  const File file = jpeg_file(pattern(320, 240));
  for (const std::string_view name : preset_names()) {
    const Result<Tensor> pixels = prepare(file, *preset(name, 64, 48), Limits{});
    ASSERT_TRUE(pixels) << pixels.error().message;
    EXPECT_EQ(pixels->dtype(), DType::uint8);
    EXPECT_EQ(pixels->shape(), (Shape{48, 64, 3}));
  }
}

TEST(Prepare, RefusesWhatItCannotUse) {
  EXPECT_THAT(prepare(jpeg_file(pattern(16, 8)), *preset("raw", 0, 0), Limits{}).error().message,
              HasSubstr("not known"));
  EXPECT_EQ(prepare({}, *preset("raw", 8, 8), Limits{}).error().kind, ErrorKind::invalid);
}

// A turned image ends within its last decoded pixel on the other side.
TEST(Prepare, ATurnedAndReducedImageIsTheTurnedPreparedImage) {
  const Picture picture = pattern(323, 243);
  const Tensor plain = *prepare(jpeg_file(picture), *preset("raw", 32, 24), Limits{});
  for (int o = 1; o <= 8; ++o) {
    const File file = jpeg_file(picture, {.exif = exif_with(static_cast<std::uint16_t>(o), true)});
    const Tensor turned = *prepare(file, *preset("raw", o < 5 ? 32 : 24, o < 5 ? 24 : 32), Limits{});
    const bool far_x = o == 2 || o == 3 || o == 7 || o == 8, far_y = o == 3 || o == 4 || o == 6 || o == 7;
    for (int y = 0; y < 24; ++y)
      for (int x = 0; x < 32; ++x) {
        const int across = far_x ? 31 - x : x, down = far_y ? 23 - y : y;
        const std::size_t at = o < 5 ? (down * 32 + across) * 3 : (across * 24 + down) * 3;
        for (std::size_t c = 0; c < 3; ++c)
          ASSERT_NEAR(byte_at(turned, at + c), byte_at(plain, (y * 32 + x) * 3 + c), 2) << o << ": " << x << ", " << y;
      }
  }
}

TEST(Prepare, SidesOfAnyLengthTakeLittleMemory) {
  for (const auto& [width, height] : {std::pair(3000, 1), std::pair(1, 3000), std::pair(1, 1)})
    for (const std::string_view name : preset_names()) {
      const Result<Tensor> pixels = prepare(png_file(pattern(width, height)), *preset(name, 64, 48), Limits{});
      ASSERT_TRUE(pixels) << pixels.error().message;
      EXPECT_EQ(pixels->bytes().size(), 64U * 48 * 3);
    }
}

TEST(Prepare, AReducedImageIsCloseToTheFullOne) {
  const Picture picture = pattern(640, 480);
  const Preparation preparation = *preset("imagenet", 56, 56);
  const Tensor reduced = *prepare(jpeg_file(picture), preparation, Limits{});
  const Result<Pixels> full = decode(jpeg_file(picture), Limits{}, 0, 0);
  const Picture same{640, 480, 3, {full->bytes.get(), full->bytes.get() + 640 * 480 * 3}};
  const Tensor exact = *prepare(png_file(same), preparation, Limits{});
  double sum = 0;
  for (std::size_t i = 0; i < exact.bytes().size(); ++i) sum += std::abs(byte_at(reduced, i) - byte_at(exact, i));
  EXPECT_LT(sum / static_cast<double>(exact.bytes().size()), 1.0);
}

TEST(Normalise, ComputesInDoubleAndRoundsOnce) {
  Preparation preparation = *preset("imagenet", 2, 1);
  const Tensor pixels = bytes_tensor({1, 1, 2, 3}, {0, 128, 255, 10, 20, 30});
  const Tensor input = normalise(pixels, preparation);
  EXPECT_EQ(input.shape(), (Shape{1, 3, 1, 2}));
  EXPECT_EQ(input.floats()[0], static_cast<float>((0.0 - 0.485) / 0.229));
  EXPECT_EQ(input.floats()[1], static_cast<float>((10.0 * (1.0 / 255) - 0.485) / 0.229));
  EXPECT_EQ(input.floats()[2], static_cast<float>((128.0 * (1.0 / 255) - 0.456) / 0.224));
  EXPECT_EQ(input.floats()[5], static_cast<float>((30.0 * (1.0 / 255) - 0.406) / 0.225));
  preparation.layout = Layout::nhwc;
  const Tensor last = normalise(pixels, preparation);
  EXPECT_EQ(last.shape(), (Shape{1, 1, 2, 3}));
  EXPECT_EQ(last.floats()[1], input.floats()[2]);
}

TEST(Normalise, KerasGoesFromMinusOneToOne) {
  const Tensor input = normalise(bytes_tensor({2, 1, 1, 3}, {0, 255, 0, 255, 0, 255}), *preset("keras", 1, 1));
  EXPECT_FLOAT_EQ(input.floats()[0], -1);
  EXPECT_FLOAT_EQ(input.floats()[1], 1);
  EXPECT_FLOAT_EQ(input.floats()[3], 1);
}

TEST(Batch, HoldsItsImagesInOrder) {
  const std::vector<Tensor> images{bytes_tensor({1, 2, 1}, {1, 2}), bytes_tensor({1, 2, 1}, {3, 4})};
  const Tensor all = batch(images);
  EXPECT_EQ(all.shape(), (Shape{2, 1, 2, 1}));
  EXPECT_TRUE(identical(all, bytes_tensor({2, 1, 2, 1}, {1, 2, 3, 4})));
  EXPECT_EQ(batch(std::span(images).first(1)).data(), images[0].data()) << "one image is not copied";
}

}  // namespace
}  // namespace tideline::image
