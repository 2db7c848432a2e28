// File: the header of an image file: its format and size, before any memory is taken for its pixels.
//
// Reads JPEG (baseline and progressive, Huffman-coded, 8 bits), PNG and WebP. Pure functions. Thread-safe.
#pragma once

#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tideline::image {

enum class Format { jpeg, png, webp };

std::string_view name(Format format);  // "JPEG"

// What an image may take at most: pixels of the image, and bytes of its file.
struct Limits {
  std::size_t pixels = 50'000'000;
  std::size_t bytes = 32U << 20U;
};

// No side of an image may be longer: JPEG's own limit.
inline constexpr std::uint32_t kLongestSide = 65535;

struct Header {
  Format format = Format::jpeg;
  std::int32_t width = 0, height = 0;  // As shown: after the orientation is applied.
  int orientation = 1;                 // 1 to 8, as EXIF counts them; 1 when the file names none, or no valid one.
  bool is_buffered = false;            // Its decoder keeps more than pixels: WebP, and JPEGs of several scans.
  bool is_cmyk = false;                // Or YCCK.
};

// Returns the header of the file. Takes no memory that grows with the image. Returns invalid when the file is empty, of
// another type, animated, over a limit, or of a kind of its format that is not read. Then decode() would fail, too.
Result<Header> read_header(std::span<const std::byte> file, const Limits& limits);

}  // namespace tideline::image
