// Images: JPEG files of drawn patterns, for tests.
#pragma once

#include "runtime/base/tensor.h"
#include "runtime/codec/image_codec.h"
#include "runtime/image/recompress.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

namespace tideline {

// A JPEG of `width` x `height` pixels of soft colours, as uint8[bytes]. Each seed gives another one.
inline Tensor drawn_jpeg(std::int32_t width, std::int32_t height, unsigned seed = 1, int quality = 90) {
  const std::size_t count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
  std::shared_ptr<std::byte> pixels = aligned_bytes(count);
  std::byte* to = pixels.get();
  for (std::int32_t y = 0; y < height; ++y)
    for (std::int32_t x = 0; x < width; ++x)
      for (unsigned c = 0; c < 3; ++c)
        *to++ = static_cast<std::byte>(128 + 60 * std::sin(0.05 * x * (1 + 0.3 * c) + seed) +
                                       60 * std::cos(0.07 * y + 1.7 * c + 2.3 * seed));
  return *image::encode_jpeg(Tensor(DType::uint8, {height, width, 3}, std::move(pixels), count), quality);
}

// Images of digits for lenet: grey, stretched to 28 x 28.
inline std::shared_ptr<const codec::ImageInput> grey_digits() {
  image::Preparation preparation = *image::preset("raw", 28, 28);
  preparation.colour = image::Colour::grey;
  preparation.scale = 1.0 / 255;
  return std::make_shared<const codec::ImageInput>(codec::ImageInput{preparation, {}});
}

inline std::string text_of(const Tensor& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

}  // namespace tideline
