// Reduction: how much smaller than its file an image is decoded.
#pragma once

#include "runtime/image/file.h"
#include "runtime/image/part.h"

#include <cstdint>

namespace tideline::image {

// A JPEG is decoded at least this many times as large as wanted; README.md has the measurements.
inline constexpr std::int64_t kFinest = 2;

// Returns 1, 2, 4 or 8: the largest by which the image, as shown, may be divided. Thread-safe.
int reduction(const Header& header, const Size& wanted);

// Returns a length divided by the reduction, and rounded up, as libjpeg does.
inline std::int32_t reduced(std::int32_t length, int reduction) {
  return (length - 1) / reduction + 1;
}

// Returns the part of the decoded image, as shown, that holds the window; both are counted in decoded pixels. REQUIRES:
// the header is read_header()'s of this file, the reduction that of reduction(). Thread-safe.
Result<Part> decode_part(std::span<const std::byte> file, const Header& header, int reduction, const Window& window);

}  // namespace tideline::image
