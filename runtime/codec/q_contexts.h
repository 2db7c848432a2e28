// Contexts: which numbers of a block share one table of frequencies.
//
// A context is one level (q_neighbours.h) or some consecutive ones that are alike. Pure functions and values, of whole
// numbers only: the same on every machine. Thread-safe.
#pragma once

#include "runtime/codec/q_neighbours.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace tideline::codec {

using Histogram = std::array<std::uint32_t, 256>;

// Which levels share a context: bit i says that a new context begins at level i + 1.
struct Grouping {
  std::uint8_t borders = 0;

  std::size_t contexts() const;
  std::array<std::uint8_t, kLevels> context_of() const;  // By level.
};

struct GroupingCost {
  Grouping grouping;
  std::uint64_t bits = 0;  // Estimated, in 256ths.
};

// Returns the grouping that is expected to take the fewest bits for symbols with these histograms, one per level.
GroupingCost best_grouping(const std::array<Histogram, kLevels>& histograms);

}  // namespace tideline::codec
