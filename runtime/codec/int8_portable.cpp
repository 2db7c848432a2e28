#include "runtime/codec/int8_kernels.h"

#include <algorithm>
#include <cmath>

namespace tideline::codec {
namespace {

bool bit(const std::uint8_t* bitmap, std::size_t i) {
  return (bitmap[i / 8] >> (i % 8) & 1) != 0;
}

Extent extent(std::span<const float> numbers) {
  Extent extent{numbers[0], numbers[0], true};
  for (const float number : numbers) {
    extent.low = std::min(extent.low, number);
    extent.high = std::max(extent.high, number);
    extent.finite &= std::isfinite(number);
  }
  return extent;
}

void quantise(std::span<const float> numbers, Scale scale, std::uint8_t* codes) {
  const float per_step = 1 / scale.step;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const long code = std::lrint(numbers[i] * per_step) + scale.zero;
    codes[i] = static_cast<std::uint8_t>(std::clamp(code, 0L, 255L));
  }
}

void restore(const std::uint8_t* codes, Scale scale, std::span<float> numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(codes[i] - scale.zero) * scale.step;
}

std::size_t mark(std::span<std::uint8_t> codes, std::uint8_t zero, std::uint8_t* bitmap) {
  std::fill_n(bitmap, (codes.size() + 7) / 8, std::uint8_t{0});
  std::size_t marked = 0;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const unsigned differs = codes[i] != zero ? 1 : 0;
    bitmap[i / 8] = static_cast<std::uint8_t>(bitmap[i / 8] | differs << (i % 8));
    marked += differs;
  }
  return marked;
}

void pack(std::span<const std::uint8_t> codes, std::uint8_t zero, const std::uint8_t* bitmap, std::uint8_t* packed) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    *packed = static_cast<std::uint8_t>(codes[i] - zero);
    packed += bit(bitmap, i) ? 1 : 0;
  }
}

std::size_t unpack(std::span<const std::uint8_t> packed, std::uint8_t zero, const std::uint8_t* bitmap,
                   std::span<std::uint8_t> codes) {
  std::size_t taken = 0;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const bool marked = bit(bitmap, i);
    const std::uint8_t difference = marked && taken < packed.size() ? packed[taken] : 0;
    codes[i] = static_cast<std::uint8_t>(difference + zero);
    taken += marked ? 1 : 0;
  }
  return taken;
}

}  // namespace

const Int8Kernels& portable_kernels() {
  static constexpr Int8Kernels kKernels{extent, quantise, restore, mark, pack, unpack};
  return kKernels;
}

}  // namespace tideline::codec
