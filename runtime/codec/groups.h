// Groups: which numbers of a tensor share one scale: those of a channel, or of a stretch of a row.
//
// A group lies within one image (one step of the first dimension), so that images that are encoded together are encoded
// as each would be alone. What the rule is, runtime/codec/README.md says. Values. Thread-safe.
#pragma once

#include "runtime/base/tensor.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace tideline {

struct Groups {
  static constexpr std::uint64_t kMost = 4096;  // Numbers of any group.

  std::uint64_t runs = 0;   // Channels, rows or images of the whole tensor, one after the other.
  std::uint64_t run = 0;    // Numbers of each.
  std::uint64_t group = 0;  // Numbers of a group; the last group of a run may have fewer.

  std::uint64_t numbers() const { return runs * run; }
  std::uint64_t count() const { return runs * ((run + group - 1) / group); }

  // Returns the sum over all groups of what `of` says of a group's size.
  template <typename Of>
  std::uint64_t sum(Of of) const {
    return runs * (run / group * of(group) + (run % group > 0 ? of(run % group) : 0));
  }

  // Tells of each group where it begins and its size, in the order of memory, as long as `visit` returns true. Returns
  // whether it always did.
  template <typename Visit>
  bool each(Visit visit) const {
    for (std::uint64_t first = 0; first < numbers(); first += run)
      for (std::uint64_t at = 0; at < run; at += group)
        if (!visit(first + at, std::min(group, run - at))) return false;
    return true;
  }
};

// Returns nothing where a scale would not pay: the tensor is not fp32, has no second dimension, or its images are tiny.
std::optional<Groups> groups_of(DType dtype, const Shape& shape);

}  // namespace tideline
