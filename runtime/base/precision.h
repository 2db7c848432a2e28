// Precision: the number type in which a machine multiplies while it runs a network. Sums are fp32, but those of
// fp16 may be fp16.
//
// Must compile as C++17, like every file that includes libtorch (clang reads libtorch's headers only as C++17).
#pragma once

#include "runtime/base/result.h"

#include <cstdint>
#include <string_view>

namespace tideline {

// The values are part of the wire format (runtime/wire/PROTOCOL.md): never renumber.
enum class Precision : std::uint8_t { fp32 = 0, bf16 = 1, fp16 = 2 };

std::string_view name(Precision precision);                 // "bf16"
Result<Precision> parse_precision(std::string_view text);   // The inverse of name().
Result<Precision> precision_from_wire(std::uint8_t value);  // corrupt when no Precision has that value.

}  // namespace tideline
