// SizeRange: the smallest and largest number of bytes that something may take, depending on its content.
#pragma once

#include "runtime/base/units.h"

#include <cstdint>
#include <string>

namespace tideline::codec {

struct SizeRange {
  Bytes least, most;

  bool holds(std::uint64_t size) const { return least.count <= size && size <= most.count; }
  bool operator==(const SizeRange&) const = default;
};

inline std::string to_string(const SizeRange& range) {  // "6 bytes", "6 to 9 bytes"
  if (range.least == range.most) return fmt::format("{} bytes", range.most.count);
  return fmt::format("{} to {} bytes", range.least.count, range.most.count);
}

}  // namespace tideline::codec
