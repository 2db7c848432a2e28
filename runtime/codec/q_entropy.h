// Entropy coder: symbols of one context as bytes, by rANS of order 0 (libhtscodecs), and back. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tideline::codec {

// Appends the number of symbols and their coded form.
void encode_symbols(std::span<const std::uint8_t> symbols, std::vector<std::byte>& to);

// Reads one context's symbols from the start of `wire` into the start of `to`, and removes them from both. Returns
// false when encode_symbols() cannot have made them, or they do not fit. Takes no memory that depends on `wire`.
bool decode_symbols(std::span<const std::byte>& wire, std::span<std::uint8_t>& to);

// Whole numbers of seven bits per byte, the lowest first; the highest bit says that another byte follows.
void put_varint(std::uint32_t number, std::vector<std::byte>& to);
bool get_varint(std::span<const std::byte>& wire, std::uint32_t& number);

}  // namespace tideline::codec
