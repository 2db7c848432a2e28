// Headers: reads the header of each format. read_header() chooses among them and checks the limits.
//
// The file begins as its format does. Sizes and orientation are as the file has them: turned() makes a header as shown
// of them. Thread-safe.
#pragma once

#include "runtime/image/file.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace tideline::image {

struct StoredHeader {
  std::uint32_t width = 0, height = 0;
  int orientation = 1;
  bool is_buffered = false;
  bool is_cmyk = false;
};

// Each returns invalid when the header is cut short, or is of a kind that is not read. Sizes are not checked yet.
Result<StoredHeader> read_jpeg_header(std::span<const std::byte> file);
Result<StoredHeader> read_png_header(std::span<const std::byte> file);
Result<StoredHeader> read_webp_header(std::span<const std::byte> file);

}  // namespace tideline::image
