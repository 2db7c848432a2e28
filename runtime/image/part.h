// Part: a window of an image, and its pixels.
#pragma once

#include "runtime/base/tensor.h"
#include "runtime/image/decode.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace tideline::image {

struct Size {
  std::int32_t width = 0, height = 0;
};

struct Window {
  std::int32_t left = 0, top = 0;
  std::int32_t width = 0, height = 0;
};

struct Part {
  std::int32_t left = 0, top = 0;  // Of the first pixel, in the whole image.
  Pixels pixels;
};

// Memory for pixels that are still being written.
struct Draft {
  Draft(std::int32_t of_width, std::int32_t of_height, std::int32_t of_channels)
      : width(of_width),
        height(of_height),
        channels(of_channels),
        memory(aligned_bytes(row_size() * static_cast<std::size_t>(of_height))) {}

  std::size_t row_size() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels); }
  std::uint8_t* row(std::int32_t y) const {
    return reinterpret_cast<std::uint8_t*>(memory.get()) + row_size() * static_cast<std::size_t>(y);
  }
  // Returns the pixels; nothing may be written from now on.
  Pixels done() const { return {width, height, channels, {memory, row(0)}}; }

  std::int32_t width, height, channels;
  std::shared_ptr<std::byte> memory;
};

// Returns the start of a row of the part, counted in the whole image.
inline const std::uint8_t* row_of(const Part& part, std::int32_t y) {
  const Pixels& pixels = part.pixels;
  return pixels.bytes.get() + static_cast<std::size_t>(y - part.top) * static_cast<std::size_t>(pixels.width) *
                                  static_cast<std::size_t>(pixels.channels);
}

}  // namespace tideline::image
