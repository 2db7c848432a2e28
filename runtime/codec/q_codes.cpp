#include "runtime/codec/q_codes.h"

#include "runtime/codec/q_block.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace tideline::codec {
namespace {

// 1.5 * 2^23: adding it to a number below 2^22 leaves the nearest whole number in the lowest bits.
constexpr float kRounds = 12582912.0F;
constexpr float kLargest = kLargestCode;

// REQUIRES: the file is compiled without fused multiplication, which would round once less.
std::int32_t nearest(float number) {
  const float clamped = std::min(std::max(number, -kLargest - 1), kLargest + 1);
  return std::bit_cast<std::int32_t>(clamped + kRounds) - std::bit_cast<std::int32_t>(kRounds);
}

}  // namespace

bool quantise(std::span<const float> numbers, Step step, std::span<std::int16_t> codes) {
  const float per_unit = step.per_unit();
  std::int32_t least = 0, most = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::int32_t code = nearest(numbers[i] * per_unit);
    least = std::min(least, code);
    most = std::max(most, code);
    codes[i] = static_cast<std::int16_t>(code);
  }
  return -least <= kLargestCode && most <= kLargestCode;
}

void restore(std::span<const std::int16_t> codes, Step step, std::span<float> numbers) {
  const float size = step.size();
  constexpr float kMost = std::numeric_limits<float>::max();
  for (std::size_t i = 0; i < codes.size(); ++i)
    numbers[i] = std::min(std::max(static_cast<float>(codes[i]) * size, -kMost), kMost);
}

void predict(std::span<const std::int16_t> from, Step before, Step now, std::span<std::int16_t> codes) {
  if (before == now) {
    std::ranges::copy(from, codes.begin());
    return;
  }
  const float ratio = before.size() * now.per_unit();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::int32_t code = nearest(static_cast<float>(from[i]) * ratio);
    codes[i] = static_cast<std::int16_t>(std::clamp(code, -kLargestCode, kLargestCode));
  }
}

}  // namespace tideline::codec
