// Scale: maps the 256 codes of a byte to the numbers of one group: number = step * (code - zero).
//
// Value types and pure functions, which give the same bits on every machine. Thread-safe.
#pragma once

#include <cstdint>

namespace tideline::codec {

struct Scale {
  float step = 0;  // At least kLeastStep, and finite.
  std::uint8_t zero = 0;
  std::uint8_t top = 255;  // The largest code that stands for a number.

  bool operator==(const Scale&) const = default;
};

inline constexpr float kLeastStep = 0x1p-126F;  // Smaller values are subnormal, and slow or zero on some machines.

// In a group with NaN or infinities, these codes stand for them; codes of numbers end at kLastNumber.
inline constexpr std::uint8_t kLastNumber = 252, kMinusInfinity = 253, kPlusInfinity = 254, kNotANumber = 255;

// Returns the scale whose codes 0 to `top` cover `low`, `high` and 0. If low == high, that number is represented
// exactly, unless it is among the very largest or smallest. REQUIRES: both are finite, and low <= high.
Scale scale_between(float low, float high, std::uint8_t top);

// Returns true iff some code stands for a number beyond the range of a float.
bool may_overflow(const Scale& scale);

}  // namespace tideline::codec
