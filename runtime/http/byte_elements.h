// Byte elements: the binary form of a BYTES tensor: each element is its length (4 bytes, little-endian), then its
// bytes.
//
// Pure functions. Source: triton-inference-server/server, docs/protocol/extension_binary_data.md.
#pragma once

#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::http {

// Returns the `count` elements as views into `bytes`. Returns invalid unless `bytes` holds exactly so many.
// REQUIRES: `count` is bounded; memory is taken for so many views.
Result<std::vector<std::span<const std::byte>>> split_elements(std::span<const std::byte> bytes, std::size_t count);

// Returns the bytes that the element takes, with its length.
inline std::size_t sized(std::string_view element) {
  return sizeof(std::uint32_t) + element.size();
}

// Appends one element, its length before it, to `bytes`. REQUIRES: element.size() < 4 GiB.
void append_sized(std::string& bytes, std::string_view element);

}  // namespace tideline::http
