#include "runtime/codec/int8_group.h"

#include <bit>
#include <cmath>

namespace tideline::codec {

void Int8Group::write(std::byte* to) const {
  const auto bits = std::bit_cast<std::uint32_t>(step);
  for (int i = 0; i < 4; ++i) to[i] = static_cast<std::byte>(bits >> (8 * i));
  to[4] = static_cast<std::byte>(zero);
  to[5] = static_cast<std::byte>(kind);
}

std::optional<Int8Group> Int8Group::read(const std::byte* from) {
  std::uint32_t bits = 0;
  for (int i = 0; i < 4; ++i) bits |= std::to_integer<std::uint32_t>(from[i]) << (8 * i);
  const Int8Group group{std::bit_cast<float>(bits), std::to_integer<std::uint8_t>(from[4]),
                        std::to_integer<std::uint8_t>(from[5])};
  if (!(group.step >= kLeastStep) || std::isinf(group.step)) return std::nullopt;
  if (group.kind > (kSpecial | kSparse) || group.zero > group.scale().top) return std::nullopt;
  return group;
}

}  // namespace tideline::codec
