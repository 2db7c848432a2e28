// ByteOrders: shuffle tables that pack or spread eight bytes according to a bitmap, one entry per bitmap.
#pragma once

#include <array>
#include <cstdint>

namespace tideline::codec {

using ByteOrders = std::array<std::array<std::uint8_t, 8>, 256>;

inline constexpr std::uint8_t kNoByte = 0x80;  // The shuffle writes 0.

// Moves the bytes with a set bit to the front, in order.
inline constexpr ByteOrders kTogether = [] {
  ByteOrders orders{};
  for (unsigned bits = 0; bits < 256; ++bits) {
    std::size_t next = 0;
    orders[bits].fill(kNoByte);
    for (std::uint8_t i = 0; i < 8; ++i)
      if ((bits >> i & 1) != 0) orders[bits][next++] = i;
  }
  return orders;
}();

// Moves the bytes back to the places with a set bit; 0 elsewhere.
inline constexpr ByteOrders kApart = [] {
  ByteOrders orders{};
  for (unsigned bits = 0; bits < 256; ++bits) {
    std::uint8_t next = 0;
    for (std::size_t i = 0; i < 8; ++i) orders[bits][i] = (bits >> i & 1) != 0 ? next++ : kNoByte;
  }
  return orders;
}();

}  // namespace tideline::codec
