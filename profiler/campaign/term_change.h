// Term change: whether one term of a request takes other times in a probe than in the journal. A pure function.
// Thread-safe.
//
// Times are compared by logarithms: the medians of the probe and of the journal, for each plan. Their difference is
// certain if it is larger than four standard errors: those of both medians, by the pooled spread of repetitions, and
// the campaign's noise floor, which is how much one point differs, minutes apart.
#pragma once

#include "profiler/campaign/refresh.h"
#include "profiler/fit/sides.h"
#include "profiler/journal/sample.h"

#include <cstdint>
#include <span>

namespace tideline::campaign {

enum class Stressed : std::uint8_t { edge, link, cloud };

// A campaign and its probe. `cells` are the probe's cells in the campaign, `sides` is that of the probe's cells.
struct Probed {
  const journal::Measurements& measured;
  const journal::Measurements& probe;
  std::span<const std::uint32_t> cells;
  const fit::Sides& sides;
};

// Returns how `term`, which depends on that side, has changed. A shorter time counts as kShortest.
inline constexpr Duration kShortest = std::chrono::microseconds(200);
SideChange change_of_term(const Probed& probed, Duration table::Terms::* term, Stressed side);

}  // namespace tideline::campaign
