// Int8Special: how int8 handles groups with NaN, infinities or overflow: slow, rare, and the same on every machine.
//
// Pure functions on memory. Thread-safe.
#pragma once

#include "runtime/codec/scale.h"

#include <cstdint>
#include <span>

namespace tideline::codec {

// Returns the scale of the finite numbers. It leaves the codes after kLastNumber free for the others.
Scale scale_of_finite(std::span<const float> numbers);

// Like Int8Kernels::quantise, for numbers that may be NaN or infinite. REQUIRES: scale is scale_of_finite(numbers).
void quantise_special(std::span<const float> numbers, Scale scale, std::uint8_t* codes);

// Like Int8Kernels::restore, also for scales that may overflow: larger numbers become the largest finite one. Codes
// after scale.top become NaN or an infinity.
void restore_special(const std::uint8_t* codes, Scale scale, std::span<float> numbers);

}  // namespace tideline::codec
