// Block: up to 65536 codes of one image as bytes, entropy-coded; runtime/codec/README.md has the format.
//
// What becomes symbols: the codes, their differences to the mean of their neighbours, or those to the codes before;
// whatever is expected to take the fewest bytes. Each is coded among those in the same context (q_contexts.h). Pure
// functions. The same bytes on every machine. Thread-safe.
#pragma once

#include "runtime/codec/q_neighbours.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tideline::codec {

inline constexpr std::size_t kBlock = 65536;
inline constexpr int kLargestCode = 16383;  // A larger one is not coded; a difference of two fits 16 bits.

// Appends the block. Returns true iff it refers to `before`, which is empty if there is none. REQUIRES: 1 to kBlock
// codes of at most kLargestCode, which begin with a row; `before` is empty or as long.
bool encode_block(std::span<const std::int16_t> codes, std::span<const std::int16_t> before, Grid grid,
                  std::vector<std::byte>& to);

// Reads the block of so many codes at the start of `wire`, and removes it from there. Returns false when
// encode_block() cannot have made it with this `before`. Reads no byte past `wire`.
bool decode_block(std::span<const std::byte>& wire, std::span<const std::int16_t> before, Grid grid,
                  std::span<std::int16_t> codes);

}  // namespace tideline::codec
