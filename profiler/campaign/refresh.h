// Refresh: finds the parts of a finished campaign that no longer hold, by measuring a few of them again.
//
// A probe is a small campaign: every candidate in the baseline, and for each axis the cell in which it alone is
// stressed most. Its times are compared with the journal's, term by term: head and encoding show the edge, the transfer
// the link, the tail the cloud. A side has changed by itself if its times in the baseline differ, and under stress if a
// stress has another effect on them. A difference counts if it is larger than noise explains, and than kLeastOfOne or
// kLeastOfAll. The rest of the journal is still valid; sweep() measures what it lacks.
//
// separable: a side that has changed costs its own cells, the baseline, and the held-out cells. The other cells are
// kept: the fit relates them to the former baseline (journal::Kept). A cell is kept over one change of the baseline
// only. exhaustive: a side that has changed by itself costs all cells. Pure functions. Thread-safe.
//
//   Journal probe = *Journal::write("probe", begun_probe(old));
//   if (*sweep(probe, stage, subject, stop, {})) changes = changes_of(old, probe.measured());
//   Journal next = *Journal::write("next", still_valid(old, changes));
#pragma once

#include "profiler/journal/sample.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tideline::campaign {

inline constexpr std::uint32_t kProbeRepetitions = 4;
inline constexpr double kLeastOfOne = 1.15;  // Factor of one plan's term, or of a stress.
inline constexpr double kLeastOfAll = 1.07;  // Of all plans' median.

struct SideChange {
  bool itself = false;    // In the baseline.
  bool stressed = false;  // Under stress.
  double factor = 1;      // New over old time in the baseline: the median of the plans.

  bool any() const { return itself || stressed; }
};

struct Changes {
  SideChange edge, link, cloud;

  bool any() const { return edge.any() || link.any() || cloud.any(); }
  bool of_baseline() const { return edge.itself || link.itself || cloud.itself; }
};
// Returns one sentence.
std::string to_string(const Changes& changes);

// Returns the cells of a probe, the baseline first. REQUIRES: the baseline was measured.
std::vector<std::uint32_t> probe_cells(const journal::Measurements& measured);
// Returns the probe before its first measurement; it has the agreements of the campaign, which are not measured again.
journal::Measurements begun_probe(const journal::Measurements& measured);

// REQUIRES: `probe` is that of `measured`, and complete.
Changes changes_of(const journal::Measurements& measured, const journal::Measurements& probe);

// Returns the measurements that still hold.
journal::Measurements still_valid(const journal::Measurements& measured, const Changes& changes);

// Returns how many of the cells that the campaign measures have samples in `measured`.
std::size_t measured_cells(const journal::Measurements& measured);

}  // namespace tideline::campaign
