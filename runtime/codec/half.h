// Half: converts arrays between fp32 and IEEE half precision, with the same bits on every machine.
//
// Rounds to nearest even. Keeps subnormals, infinities and signs. A NaN becomes a quiet NaN with the top of its
// payload. Uses the processor's own instructions if it has them. Thread-safe.
#pragma once

#include <cstdint>
#include <span>

namespace tideline::codec {

// REQUIRES: both spans have the same length.
void to_half(std::span<const float> from, std::span<std::uint16_t> to);
void from_half(std::span<const std::uint16_t> from, std::span<float> to);

// The same without special instructions: used on other machines, and by tests as the reference.
void to_half_portable(std::span<const float> from, std::span<std::uint16_t> to);
void from_half_portable(std::span<const std::uint16_t> from, std::span<float> to);

}  // namespace tideline::codec
