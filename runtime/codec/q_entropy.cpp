#include "runtime/codec/q_entropy.h"

#include <htscodecs/rANS_static4x16.h>

#include <algorithm>

namespace tideline::codec {
namespace {

// The library's own first byte: order 0 without the number of symbols; as they are if that is shorter.
constexpr int kOrder0 = RANS_ORDER_NOSZ;
constexpr std::byte kCoded{RANS_ORDER_NOSZ}, kAsTheyAre{RANS_ORDER_NOSZ | RANS_ORDER_CAT};

unsigned char* as_library_takes(const void* bytes) {  // It writes only to its output.
  return static_cast<unsigned char*>(const_cast<void*>(bytes));
}

std::span<const std::byte> taken(std::span<const std::byte>& from, std::size_t size) {
  const std::span<const std::byte> first = from.first(size);
  from = from.subspan(size);
  return first;
}

}  // namespace

void put_varint(std::uint32_t number, std::vector<std::byte>& to) {
  for (; number >= 0x80; number >>= 7) to.push_back(static_cast<std::byte>(number | 0x80));
  to.push_back(static_cast<std::byte>(number));
}

bool get_varint(std::span<const std::byte>& wire, std::uint32_t& number) {
  number = 0;
  for (unsigned shift = 0; shift < 32; shift += 7) {
    if (wire.empty()) return false;
    const auto byte = static_cast<std::uint32_t>(taken(wire, 1).front());
    if (shift == 28 && byte > 0xf) return false;
    number |= (byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// Symbols that are all equal take no coder: a length of 0, then the symbol.
void encode_symbols(std::span<const std::uint8_t> symbols, std::vector<std::byte>& to) {
  put_varint(static_cast<std::uint32_t>(symbols.size()), to);
  if (symbols.empty()) return;
  if (std::ranges::all_of(symbols, [&](std::uint8_t symbol) { return symbol == symbols.front(); })) {
    put_varint(0, to);
    to.push_back(static_cast<std::byte>(symbols.front()));
    return;
  }
  const auto count = static_cast<unsigned>(symbols.size());
  unsigned size = rans_compress_bound_4x16(count, kOrder0);
  std::vector<std::byte> coded(size);
  rans_compress_to_4x16(as_library_takes(symbols.data()), count, as_library_takes(coded.data()), &size, kOrder0);
  put_varint(size, to);
  to.insert(to.end(), coded.begin(), coded.begin() + size);
}

// The first byte decides which code of the library reads the rest. The others take memory as the bytes say.
bool decode_symbols(std::span<const std::byte>& wire, std::span<std::uint8_t>& to) {
  std::uint32_t count = 0, size = 0;
  if (!get_varint(wire, count) || count > to.size()) return false;
  const std::span<std::uint8_t> symbols = to.first(count);
  to = to.subspan(count);
  if (count == 0) return true;
  if (!get_varint(wire, size) || std::max(size, 1U) > wire.size()) return false;
  if (size == 0) {
    std::ranges::fill(symbols, static_cast<std::uint8_t>(taken(wire, 1).front()));
    return true;
  }
  const std::span<const std::byte> coded = taken(wire, size);
  if (coded.front() == kAsTheyAre && size != count + 1) return false;
  if (coded.front() != kCoded && coded.front() != kAsTheyAre) return false;
  unsigned decoded = count;
  return rans_uncompress_to_4x16(as_library_takes(coded.data()), size, symbols.data(), &decoded) && decoded == count;
}

}  // namespace tideline::codec
