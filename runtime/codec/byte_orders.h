// ByteOrders: for each of the 256 bitmaps of eight bytes, where a shuffle takes each byte from, to close or open gaps.
#pragma once

#include <array>
#include <cstdint>

namespace tideline {

using ByteOrders = std::array<std::array<std::uint8_t, 8>, 256>;

inline constexpr std::uint8_t kNoByte = 0x80;  // Gives 0.

// To the front, in their order, the bytes whose bits are set.
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

// Back to where the bits are set; 0 where they are not.
inline constexpr ByteOrders kApart = [] {
  ByteOrders orders{};
  for (unsigned bits = 0; bits < 256; ++bits) {
    std::uint8_t next = 0;
    for (std::size_t i = 0; i < 8; ++i) orders[bits][i] = (bits >> i & 1) != 0 ? next++ : kNoByte;
  }
  return orders;
}();

}  // namespace tideline
