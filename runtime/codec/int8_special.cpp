#include "runtime/codec/int8_special.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tideline::codec {
namespace {

using Limits = std::numeric_limits<float>;

std::uint8_t code_of(float number, Scale scale) {
  if (std::isnan(number)) return kNotANumber;
  if (std::isinf(number)) return number < 0 ? kMinusInfinity : kPlusInfinity;
  const long code = std::lrint(number * (1 / scale.step)) + scale.zero;
  return static_cast<std::uint8_t>(std::clamp<long>(code, 0, scale.top));
}

float number_of(std::uint8_t code, Scale scale) {
  if (code > scale.top) {
    if (code == kNotANumber) return Limits::quiet_NaN();
    return code == kMinusInfinity ? -Limits::infinity() : Limits::infinity();
  }
  return std::clamp(static_cast<float>(code - scale.zero) * scale.step, Limits::lowest(), Limits::max());
}

}  // namespace

Scale scale_of_finite(std::span<const float> numbers) {
  float low = Limits::max(), high = Limits::lowest();
  for (const float number : numbers) {
    if (!std::isfinite(number)) continue;
    low = std::min(low, number);
    high = std::max(high, number);
  }
  return low <= high ? scale_between(low, high, kLastNumber) : scale_between(0, 0, kLastNumber);
}

void quantise_special(std::span<const float> numbers, Scale scale, std::uint8_t* codes) {
  for (std::size_t i = 0; i < numbers.size(); ++i) codes[i] = code_of(numbers[i], scale);
}

void restore_special(const std::uint8_t* codes, Scale scale, std::span<float> numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = number_of(codes[i], scale);
}

}  // namespace tideline::codec
