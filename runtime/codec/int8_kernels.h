// Int8Kernels: the loops of the codecs int8 and int8z, over the numbers or codes of one group.
//
// Two sets of them give the same bits: one by the vector instructions of the processor at hand, one portable. Pure
// functions on memory. Thread-safe.
#pragma once

#include "runtime/codec/scale.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace tideline {

struct Extent {
  float low = 0;  // Of the numbers, when all are finite; otherwise this says nothing, nor does the next.
  float high = 0;
  bool finite = true;
};

struct Int8Kernels {
  // Room that must follow codes, bitmaps and packed bytes that are written: kernels write whole vectors.
  static constexpr std::size_t kRoom = 64;

  // REQUIRES: there is a number.
  Extent (*extent)(std::span<const float> numbers);

  // Writes the code that is nearest to each number. REQUIRES: all are finite and within the scale.
  void (*quantise)(std::span<const float> numbers, Scale scale, std::uint8_t* codes);

  // Writes the number that each code stands for. REQUIRES: !may_overflow(scale).
  void (*restore)(const std::uint8_t* codes, Scale scale, std::span<float> numbers);

  // Writes a bitmap of the codes that are not `zero`, the first in the lowest bit, and 0 in the bits that are left over
  // in its last byte. Returns how many they are.
  std::size_t (*mark)(std::span<std::uint8_t> codes, std::uint8_t zero, std::uint8_t* bitmap);

  // Writes code - zero, modulo 256, for each code that is marked.
  void (*pack)(std::span<const std::uint8_t> codes, std::uint8_t zero, const std::uint8_t* bitmap,
               std::uint8_t* packed);

  // The inverse. Reads no more than is packed. Returns how many bytes the marked codes take: when more than are packed,
  // the codes say nothing.
  std::size_t (*unpack)(std::span<const std::uint8_t> packed, std::uint8_t zero, const std::uint8_t* bitmap,
                        std::span<std::uint8_t> codes);
};

const Int8Kernels& vector_kernels();    // Best of what this processor has.
const Int8Kernels& portable_kernels();  // What tests compare with, and what is left where a vector would not fit.

}  // namespace tideline
