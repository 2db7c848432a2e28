// Groups: divides a tensor into groups of numbers that share one scale: a channel, or a stretch of a row.
//
// A group lies within one image (one step of the first dimension), so that each image of a batch is encoded as it would
// be alone. The rule is in runtime/codec/README.md. Value types. Thread-safe.
#pragma once

#include "runtime/base/tensor.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace tideline::codec {

struct Groups {
  static constexpr std::uint64_t kMost = 4096;  // Numbers per group, at most.

  std::uint64_t runs = 0;   // Channels, rows or images of the whole tensor, in order of memory.
  std::uint64_t run = 0;    // Numbers per run.
  std::uint64_t group = 0;  // Numbers per group; the last group of a run may have fewer.

  std::uint64_t numbers() const { return runs * run; }
  std::uint64_t count() const { return runs * ((run + group - 1) / group); }

  // Returns the sum of `of(size)` over all groups.
  template <typename Of>
  std::uint64_t sum(Of of) const {
    return runs * (run / group * of(group) + (run % group > 0 ? of(run % group) : 0));
  }

  // Calls `visit(first, size)` for each group, in order of memory, as long as it returns true. Returns true iff every
  // call did.
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

}  // namespace tideline::codec
