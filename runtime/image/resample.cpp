#include "runtime/image/resample.h"

#include <algorithm>
#include <vector>

namespace tideline::image {
namespace {

constexpr std::int32_t kHalf = 1 << (kTapBits - 1);

std::uint8_t rounded(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kTapBits, 0, 255));
}

// `row` begins at the part's first pixel, which is pixel `left` of the line.
template <int channels>
void resample_row(const std::uint8_t* row, std::int32_t left, const Taps& across, std::uint8_t* to) {
  for (const Tap& tap : across.pixels) {
    const std::uint8_t* pixel = row + static_cast<std::ptrdiff_t>(tap.from - left) * channels;
    const std::int32_t* weight = across.weights.data() + tap.weight;
    std::int32_t sums[channels];
    std::fill_n(sums, channels, kHalf);
    for (std::int32_t i = 0; i < tap.count; ++i, pixel += channels)
      for (int c = 0; c < channels; ++c) sums[c] += pixel[c] * weight[i];
    for (int c = 0; c < channels; ++c) *to++ = rounded(sums[c]);
  }
}

void add(const std::vector<std::uint8_t>& row, std::int32_t weight, std::int32_t* sums) {
  const std::uint8_t* const from = row.data();
  for (std::size_t i = 0, n = row.size(); i < n; ++i) sums[i] += from[i] * weight;
}

void round_row(const std::int32_t* sums, std::size_t count, std::uint8_t* to) {
  for (std::size_t i = 0; i < count; ++i) to[i] = rounded(sums[i]);
}

}  // namespace

Window window_of(const Taps& across, const Taps& down) {
  const Tap &left = across.pixels.front(), &right = across.pixels.back();
  const Tap &top = down.pixels.front(), &bottom = down.pixels.back();
  return {left.from, top.from, right.from + right.count - left.from, bottom.from + bottom.count - top.from};
}

// Each row of the part is resized once, and added to the rows of the result that it belongs to: neighbours.
void resample(const Part& part, const Taps& across, const Taps& down, std::uint8_t* to, std::size_t stride) {
  const std::size_t numbers = across.pixels.size() * static_cast<std::size_t>(part.pixels.channels);
  std::vector<std::uint8_t> row(numbers);
  std::vector<std::int32_t> sums(numbers * down.pixels.size(), kHalf);
  const Window window = window_of(across, down);
  std::size_t open = 0;
  for (std::int32_t y = window.top; y < window.top + window.height; ++y) {
    if (part.pixels.channels == 1)
      resample_row<1>(row_of(part, y), part.left, across, row.data());
    else
      resample_row<3>(row_of(part, y), part.left, across, row.data());
    for (std::size_t i = open; i < down.pixels.size() && down.pixels[i].from <= y; ++i) {
      const Tap& tap = down.pixels[i];
      if (y >= tap.from + tap.count) continue;
      add(row, down.weights[tap.weight + static_cast<std::size_t>(y - tap.from)], &sums[numbers * i]);
    }
    for (; open < down.pixels.size() && down.pixels[open].from + down.pixels[open].count <= y + 1; ++open)
      round_row(&sums[numbers * open], numbers, to + stride * open);
  }
}

}  // namespace tideline::image
