// Integers: numbers in the headers of image files, in either order of bytes; every read is bounds-checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tideline::image {

// Returns `count` bytes from `at` on as one number, the first being the highest; zero where the file ends.
inline std::uint32_t big(std::span<const std::byte> file, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i)
    value = value << 8U | (at + i < file.size() ? std::to_integer<std::uint32_t>(file[at + i]) : 0U);
  return value;
}

// The same of four bytes, the first being the lowest.
inline std::uint32_t little32(std::span<const std::byte> file, std::size_t at) {
  return __builtin_bswap32(big(file, at, 4));
}

// Returns true iff these characters stand at that place.
inline bool has(std::span<const std::byte> file, std::size_t at, std::string_view characters) {
  if (at > file.size() || file.size() - at < characters.size()) return false;
  return std::string_view(reinterpret_cast<const char*>(file.data()) + at, characters.size()) == characters;
}

}  // namespace tideline::image
