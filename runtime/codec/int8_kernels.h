// Int8Kernels: the inner loops of the codecs int8 and int8z, over the numbers or codes of one group.
//
// Two sets of kernels give the same bits: one with the processor's vector instructions, one portable. Pure functions on
// memory. Thread-safe.
#pragma once

#include "runtime/codec/scale.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace tideline::codec {

struct Extent {
  float low = 0;  // Smallest number. `low` and `high` are valid only if all numbers are finite.
  float high = 0;
  bool finite = true;
};

struct Int8Kernels {
  // Writable bytes that must follow codes, bitmaps and packed bytes, because kernels write whole vectors.
  static constexpr std::size_t kRoom = 64;

  // REQUIRES: there is at least one number.
  Extent (*extent)(std::span<const float> numbers);

  // Writes the nearest code of each number. REQUIRES: all are finite and within the scale.
  void (*quantise)(std::span<const float> numbers, Scale scale, std::uint8_t* codes);

  // Writes the number of each code. REQUIRES: !may_overflow(scale).
  void (*restore)(const std::uint8_t* codes, Scale scale, std::span<float> numbers);

  // Writes a bitmap of the codes other than `zero`: the first code in the lowest bit, 0 in the unused bits of the last
  // byte. Returns how many codes are marked.
  std::size_t (*mark)(std::span<std::uint8_t> codes, std::uint8_t zero, std::uint8_t* bitmap);

  // Writes code - zero, modulo 256, for each marked code.
  void (*pack)(std::span<const std::uint8_t> codes, std::uint8_t zero, const std::uint8_t* bitmap,
               std::uint8_t* packed);

  // The inverse of pack(). Reads no byte beyond `packed`. Returns how many bytes the marked codes need; if that is more
  // than `packed` has, the codes are invalid.
  std::size_t (*unpack)(std::span<const std::uint8_t> packed, std::uint8_t zero, const std::uint8_t* bitmap,
                        std::span<std::uint8_t> codes);
};

const Int8Kernels& vector_kernels();    // The best set for this processor.
const Int8Kernels& portable_kernels();  // The reference for tests, and the fallback for data shorter than a vector.

}  // namespace tideline::codec
