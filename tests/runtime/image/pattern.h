// Pattern: an image that tests can make anywhere, with edges, gradients and some noise. golden/pillow.py has the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tideline::image {

struct Picture {
  std::int32_t width = 0, height = 0;
  std::int32_t channels = 3;
  std::vector<std::uint8_t> bytes;

  const std::uint8_t* at(std::int32_t x, std::int32_t y) const {
    return bytes.data() + (static_cast<std::size_t>(y) * width + x) * channels;
  }
};

inline std::uint8_t pattern_at(std::int32_t x, std::int32_t y, std::int32_t channel) {
  const std::int32_t squares = ((x / 8 + y / 6) % 2) * 70, noise = (x * 31 + y * 17 + x * y * 7) % 23;
  return static_cast<std::uint8_t>((x * (3 + channel) + y * (5 - channel) + squares + noise) % 256);
}

inline Picture pattern(std::int32_t width, std::int32_t height, std::int32_t channels = 3) {
  Picture picture{width, height, channels, {}};
  for (std::int32_t y = 0; y < height; ++y)
    for (std::int32_t x = 0; x < width; ++x)
      for (std::int32_t c = 0; c < channels; ++c) picture.bytes.push_back(pattern_at(x, y, c));
  return picture;
}

using File = std::vector<std::byte>;

inline void append(File& file, const void* bytes, std::size_t size) {
  const auto* const from = static_cast<const std::byte*>(bytes);
  file.insert(file.end(), from, from + size);
}

inline void append_big(File& file, std::uint32_t value, int bytes = 4) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) file.push_back(static_cast<std::byte>(value >> shift));
}

// EXIF data with only the orientation in it, in the order of bytes of Intel ("II") or Motorola.
inline File exif_with(std::uint16_t orientation, bool intel, std::uint16_t type = 3) {
  const auto number = [intel](File& to, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) to.push_back(static_cast<std::byte>(value >> 8 * (intel ? i : bytes - 1 - i)));
  };
  File exif;
  append(exif, intel ? "II" : "MM", 2);
  number(exif, 42, 2);
  number(exif, 8, 4);
  number(exif, 1, 2);
  number(exif, 0x0112, 2);
  number(exif, type, 2);
  number(exif, 1, 4);
  number(exif, orientation, 2);
  number(exif, 0, 2);
  number(exif, 0, 4);
  return exif;
}

}  // namespace tideline::image
