// Taps: which pixels of a line make each pixel of a resized line, and by how much.
//
// Pillow's antialiased triangle filter: its numbers are rounded to 22 bits, so that sums of pixels are exact in 32 bits
// and do not depend on their order. So pixels do not depend on the machine's vector instructions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tideline::image {

inline constexpr int kTapBits = 22;

// A line of `size` pixels, of which the stretch from `begin` on, `length` long, becomes `resized` pixels; `count` of
// those are wanted, from `first` on.
struct Line {
  std::int32_t size = 0;
  double begin = 0, length = 0;
  std::int32_t resized = 0;
  std::int32_t first = 0, count = 0;
};

// One resized pixel: pixels from `from` on, times `count` weights from `weight` on.
struct Tap {
  std::int32_t from = 0, count = 0;
  std::size_t weight = 0;
};

struct Taps {
  std::vector<Tap> pixels;  // `from` never decreases.
  std::vector<std::int32_t> weights;
};

// REQUIRES: sizes and counts are positive; begin and length lie within the line. Thread-safe.
Taps taps_of(const Line& line);

}  // namespace tideline::image
