#include "runtime/codec/image_codec.h"

#include "tests/support/images.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace tideline::codec {
namespace {

using plan::Codec;
using ::testing::HasSubstr;

ImageInput taken() {
  return {*image::preset("imagenet", 64, 48), {}};
}

std::vector<Tensor> three_files() {
  return {drawn_jpeg(200, 150, 1), drawn_jpeg(90, 160, 2), drawn_jpeg(64, 48, 3)};
}

Result<Tensor> there_and_back(Codec codec, const std::vector<Tensor>& files) {
  const Result<Tensor> wire = encode_images(codec, files, taken());
  if (!wire) return wire.error();
  const auto batch = static_cast<std::int64_t>(files.size());
  EXPECT_TRUE(encoded_images_size(codec, taken(), batch).holds(wire->bytes().size())) << name(codec);
  return decode_images(codec, taken(), batch, wire->data(), wire->bytes().size());
}

double largest_difference(const Tensor& a, const Tensor& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.floats().size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a.floats()[i]) - static_cast<double>(b.floats()[i])));
  return largest;
}

Tensor cut_off(const Tensor& file, std::size_t size) {
  return Tensor(DType::uint8, {static_cast<std::int64_t>(size)}, file.data(), size);
}

std::string refusal(Codec codec, std::int64_t batch, const std::vector<unsigned char>& wire) {
  const Tensor bytes =
      Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(wire.size())}, std::as_bytes(std::span(wire)));
  const auto decoded = decode_images(codec, taken(), batch, bytes.data(), wire.size());
  EXPECT_FALSE(decoded);
  if (decoded) return {};
  EXPECT_EQ(decoded.error().kind, ErrorKind::corrupt);
  return decoded.error().message;
}

TEST(ImageCodec, FileAndPixelsGiveTheInputBitForBit) {
  const std::vector<Tensor> files = three_files();
  const Result<Tensor> input = input_of(files, taken());
  ASSERT_TRUE(input) << input.error().message;
  EXPECT_EQ(input->shape(), (Shape{3, 3, 48, 64}));
  for (const Codec codec : {Codec::source, Codec::u8}) {
    const Result<Tensor> decoded = there_and_back(codec, files);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_TRUE(identical(*decoded, *input)) << name(codec);
  }
}

TEST(ImageCodec, AJpegOfThePixelsIsNearAndNearerInHigherQuality) {
  const std::vector<Tensor> files = three_files();
  const Tensor input = *input_of(files, taken());
  const Result<Tensor> fine = there_and_back(Codec::jpeg95, files), coarse = there_and_back(Codec::jpeg75, files);
  ASSERT_TRUE(fine && coarse);
  EXPECT_GT(largest_difference(*fine, input), 0);
  EXPECT_LT(largest_difference(*fine, input), largest_difference(*coarse, input));
  EXPECT_LT(largest_difference(*coarse, input), 1) << "a tenth of the range of the numbers";
}

TEST(ImageCodec, OfAFileSendsItAsItCame) {
  const Tensor file = drawn_jpeg(200, 150);
  const Tensor wire = *encode_images(Codec::source, {&file, 1}, taken());
  EXPECT_EQ(wire.bytes().size(), file.bytes().size() + 4);
  EXPECT_TRUE(std::ranges::equal(std::span(wire.bytes()).subspan(4), std::span(file.bytes())));
}

TEST(ImageCodec, NamesTheFileThatIsNoImage) {
  std::vector<Tensor> files = three_files();
  files[1] = cut_off(files[1], files[1].bytes().size() / 2);
  for (const Codec codec : {Codec::u8, Codec::jpeg95, Codec::jpeg75}) {
    const Result<Tensor> wire = encode_images(codec, files, taken());
    ASSERT_FALSE(wire);
    EXPECT_EQ(wire.error().kind, ErrorKind::invalid);
    EXPECT_THAT(wire.error().message, HasSubstr("image 2 of 3: "));
  }
  const Result<Tensor> wire = encode_images(Codec::source, files, taken());
  ASSERT_TRUE(wire) << "its header is whole; whoever decodes it finds out";
  const auto decoded = decode_images(Codec::source, taken(), 3, wire->data(), wire->bytes().size());
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().kind, ErrorKind::invalid);
}

TEST(ImageCodec, RefusesBytesThatTheEncoderCannotHaveMade) {
  EXPECT_THAT(refusal(Codec::u8, 1, std::vector<unsigned char>(64 * 48 * 3 - 1)), HasSubstr("on the wire, not 9215"));
  EXPECT_THAT(refusal(Codec::source, 1, {1, 2, 3}), HasSubstr("on the wire, not 3"));
  EXPECT_THAT(refusal(Codec::source, 1, {0, 0, 0, 0, 9}), HasSubstr("has 0 bytes"));
  EXPECT_THAT(refusal(Codec::source, 1, {200, 0, 0, 0, 9}), HasSubstr("has 200 bytes, but 1 are left"));
  EXPECT_THAT(refusal(Codec::source, 1, {255, 255, 255, 255, 9}), HasSubstr("has 4294967295 bytes"));
  EXPECT_THAT(refusal(Codec::source, 1, {1, 0, 0, 0, 9, 9}), HasSubstr("1 bytes follow the last image"));
  EXPECT_THAT(refusal(Codec::source, 2, {2, 0, 0, 0, 9, 9, 1, 0, 0, 0}), HasSubstr("image 2 of 2 has 1 bytes"));
  EXPECT_THAT(refusal(Codec::source, 2, {4, 0, 0, 0, 9, 9, 9, 9, 1, 0}), HasSubstr("before the length of number 2"));
}

TEST(ImageCodec, RefusesAJpegOfAnotherSizeThanTheNetworks) {
  const Tensor file = drawn_jpeg(65, 48);
  const Tensor wire = *encode_images(Codec::source, {&file, 1}, taken());
  EXPECT_FALSE(decode_images(Codec::jpeg95, taken(), 1, wire.data(), wire.bytes().size()));
}

TEST(ImageCodec, AnImageThatTakesTooMuchMemoryToDecodeIsRefusedAndOthersAreNot) {
  ImageInput small = taken();
  small.memory = std::make_shared<MemoryGate>(Bytes{200'000});
  const std::vector<Tensor> large{drawn_jpeg(300, 210, 1)}, several = three_files();
  const Result<Tensor> refused = input_of(large, small);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_EQ(refused.error().message,
            "decoding 300 x 210 pixels takes 230 KiB, and all images may take 195 KiB; make it smaller");
  const Result<Tensor> bounded = input_of(several, small), free = input_of(several, taken());
  ASSERT_TRUE(bounded) << bounded.error().message;
  EXPECT_EQ(largest_difference(*bounded, *free), 0);
}

}  // namespace
}  // namespace tideline::codec
