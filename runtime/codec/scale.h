// Scale: how the 256 codes of a byte stand for the numbers of one group: number = step * (code - zero).
//
// Values and pure functions, which give the same bits on every machine. Thread-safe.
#pragma once

#include <cstdint>

namespace tideline {

struct Scale {
  float step = 0;  // At least kLeastStep, and finite.
  std::uint8_t zero = 0;
  std::uint8_t top = 255;  // The greatest code that stands for a number.

  bool operator==(const Scale&) const = default;
};

inline constexpr float kLeastStep =
    0x1p-126F;  // What is smaller is no normal number, and slow or zero on some machines.

// In a group that holds something else than finite numbers, these codes stand for it, and numbers go up to kLastNumber.
inline constexpr std::uint8_t kLastNumber = 252, kMinusInfinity = 253, kPlusInfinity = 254, kNotANumber = 255;

// Returns the scale whose codes 0 to `top` reach from `low` to `high`, and to 0 where that is without. Where the two
// are the same, the number is met exactly unless it is among the very largest or smallest. REQUIRES: both are finite,
// and low <= high.
Scale scale_between(float low, float high, std::uint8_t top);

// Returns true iff some code stands for a number that a float cannot hold.
bool may_overflow(const Scale& scale);

}  // namespace tideline
