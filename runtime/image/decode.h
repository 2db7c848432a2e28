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
// Takes the memory that decoding_bytes() says.
Result<Pixels> decode(std::span<const std::byte> file, const Limits& limits, std::int32_t wanted_width,
                      std::int32_t wanted_height);

// Returns the most memory, in bytes, that the file's pixels take while they are decoded at a part of its size (`by`: 1,
// 2, 4 or 8): 3 for each decoded pixel, 6 if the image is turned, 8 if it is CMYK; and 8 more for each pixel of a file
// whose decoder is buffered. Beyond that, a decoder takes less than a mebibyte and some rows.
std::size_t decoding_bytes(const Header& header, int by);

}  // namespace tideline::image
