// DType: the number types that a Tensor may hold.
//
// Must compile as C++17, like every file that includes libtorch (clang reads libtorch's headers only as C++17).
#pragma once

#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tideline {

// The values are part of the wire format (runtime/wire/PROTOCOL.md): never renumber.
enum class DType : std::uint8_t {
  fp32 = 0,
  fp16 = 1,
  bf16 = 2,
  fp64 = 3,
  int8 = 4,
  uint8 = 5,
  int16 = 6,
  int32 = 7,
  int64 = 8,
  boolean = 9
};

inline constexpr std::size_t kMaxRank = 8;

// The first size of a tensor whose batch may vary; see tensor.h.
inline constexpr std::int64_t kAnyBatch = -1;

std::string_view name(DType dtype);                 // "fp32"
std::size_t size_of(DType dtype);                   // Bytes per element.
Result<DType> parse_dtype(std::string_view text);   // The inverse of name().
Result<DType> dtype_from_wire(std::uint8_t value);  // corrupt when no DType has that value.

}  // namespace tideline
