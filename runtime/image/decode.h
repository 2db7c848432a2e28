// Decode: the pixels of an image file, as shown.
//
// Files of every kind that read_header() takes become RGB of 8 bits: grey and CMYK are converted, 16 bits lose their
// lower half, transparency is dropped (as PIL's convert("RGB") does), and the orientation is applied. The same file has
// the same pixels on every machine. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/image/file.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace tideline::image {

// Rows from the top, packed without padding.
struct Pixels {
  std::int32_t width = 0, height = 0;
  std::int32_t channels = 3;
  std::shared_ptr<const std::uint8_t> bytes;
};

// Returns the image, or a smaller version of it: a JPEG that is larger than needed is decoded at a half, a quarter or
// an eighth of its size. Both sides are still kFinest times as long as wanted, or as in the file. Zero stands for the
// size of the file. Returns invalid when read_header() does, and corrupt when the file is damaged or cut short: never a
// part of an image.
//
// Takes at most 8 bytes for each decoded pixel (6 unless it is CMYK, 3 unless it is turned), and while it decodes at
// most 8 more for each pixel of the file: progressive JPEG and WebP need them, others do not.
Result<Pixels> decode(std::span<const std::byte> file, const Limits& limits, std::int32_t wanted_width,
                      std::int32_t wanted_height);

}  // namespace tideline::image
