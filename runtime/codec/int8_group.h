// Int8Group: the header of one group on the wire; the group's codes follow it.
#pragma once

#include "runtime/codec/scale.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace tideline::codec {

struct Int8Group {
  static constexpr std::size_t kSize = 6;
  static constexpr std::uint8_t kSpecial = 1;  // Some codes stand for NaN or an infinity.
  static constexpr std::uint8_t kSparse = 2;   // A bitmap, and only the codes of numbers that are not zero.

  float step = 0;
  std::uint8_t zero = 0;
  std::uint8_t kind = 0;

  bool special() const { return (kind & kSpecial) != 0; }
  bool sparse() const { return (kind & kSparse) != 0; }
  Scale scale() const { return {step, zero, special() ? kLastNumber : std::uint8_t{255}}; }

  void write(std::byte* to) const;

  // Returns nothing when these bytes are not a valid header. REQUIRES: there are kSize bytes.
  static std::optional<Int8Group> read(const std::byte* from);
};

inline std::size_t bitmap_size(std::size_t numbers) {
  return (numbers + 7) / 8;
}

}  // namespace tideline::codec
