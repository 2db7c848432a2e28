// Certainty: how exactly a table knows the plans that can be the best, and where more measurements could change which
// plan that is. Pure. Thread-safe.
#pragma once

#include "policy/table/table.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace tideline::predict {

// Returns the widest 95 % interval of a mean latency, its half width as a share of the mean, over the plans that are
// the fastest at some rate of the uplink, with all else as in the unstressed cell. Nothing if a plan sends and the cell
// has no rate, or if one of them was measured once only.
std::optional<double> widest_interval(const table::PartitionTable& table);

// How surely a table knows a plan. Of one that was measured once the interval is infinite, and it may always be the
// best.
struct PlanCertainty {
  const table::Estimate* plan = nullptr;  // In the unstressed cell.
  double interval = 0;                    // Half width of its 95 % interval as a share of the mean: the median cell's.
  std::size_t best = 0;                   // Cells in which it is the best.
  std::size_t may_be = 0;                 // Cells in which it is, or may be: its distance to the best is not certain.
};
// Returns one for each plan, in the table's order. The table must outlive them.
std::vector<PlanCertainty> certainty_of_plans(const table::PartitionTable& table);

// What the choice of the best plan of a cell loses on average, as a share of its mean, because means are not certain:
// the unit normal linear loss (Raiffa and Schlaifer 1961) against the worst rival. Errors are taken as independent; two
// plans of one cut share their head's, so it is rather less. Infinite if a plan of the cell was measured once.
struct Doubt {
  const table::Cell* cell = nullptr;
  double loss = 0;
};
// Returns the cells, the most doubtful first. The table must outlive them.
std::vector<Doubt> doubts_of(const table::PartitionTable& table);

}  // namespace tideline::predict
