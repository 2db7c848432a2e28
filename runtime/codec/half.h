// Half: arrays of fp32 rounded to IEEE half precision and back, the same bits on every machine.
//
// Rounds to nearest even; subnormals, infinities and signs are kept; a NaN stays a NaN, made quiet, with the top of its
// payload. Uses the processor's own instructions where it has them. Thread-safe.
#pragma once

#include <cstdint>
#include <span>

namespace tideline {

// REQUIRES: both spans have the same length.
void to_half(std::span<const float> from, std::span<std::uint16_t> to);
void from_half(std::span<const std::uint16_t> from, std::span<float> to);

// The same without the processor's instructions: what other machines run, and what tests compare with.
void to_half_portable(std::span<const float> from, std::span<std::uint16_t> to);
void from_half_portable(std::span<const std::uint16_t> from, std::span<float> to);

}  // namespace tideline
