// What int8 does with groups that are out of the ordinary: slow, rare, and the same on every machine.
//
// Pure functions on memory. Thread-safe.
#pragma once

#include "runtime/codec/scale.h"

#include <cstdint>
#include <span>

namespace tideline {

// The scale of the finite ones among the numbers, which leaves the codes after kLastNumber free for the others.
Scale scale_of_finite(std::span<const float> numbers);

// As Int8Kernels::quantise, for numbers that need not be finite. REQUIRES: scale is scale_of_finite(numbers).
void quantise_special(std::span<const float> numbers, Scale scale, std::uint8_t* codes);

// As Int8Kernels::restore, for scales that may overflow (the largest finite number stands for what is larger), and for
// codes that stand for what is not finite when scale.top leaves room for them.
void restore_special(const std::uint8_t* codes, Scale scale, std::span<float> numbers);

}  // namespace tideline
