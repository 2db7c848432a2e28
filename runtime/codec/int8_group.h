// Int8Group: what stands before the codes of one group on the wire.
#pragma once

#include "runtime/codec/scale.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace tideline {

struct Int8Group {
  static constexpr std::size_t kSize = 6;
  static constexpr std::uint8_t kSpecial = 1;  // Some codes stand for what is no finite number.
  static constexpr std::uint8_t kSparse = 2;   // A bitmap, and only the codes that are not zero.

  float step = 0;
  std::uint8_t zero = 0;
  std::uint8_t kind = 0;

  bool special() const { return (kind & kSpecial) != 0; }
  bool sparse() const { return (kind & kSparse) != 0; }
  Scale scale() const { return {step, zero, special() ? kLastNumber : std::uint8_t{255}}; }

  void write(std::byte* to) const;

  // Returns nothing when these bytes cannot stand before a group. REQUIRES: there are kSize.
  static std::optional<Int8Group> read(const std::byte* from);
};

inline std::size_t bitmap_size(std::size_t numbers) {
  return (numbers + 7) / 8;
}

}  // namespace tideline
