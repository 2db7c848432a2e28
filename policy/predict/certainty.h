// Certainty: how exactly a table knows the plans that can be the best. Pure. Thread-safe.
#pragma once

#include "policy/table/table.h"

#include <optional>

namespace tideline::predict {

// Returns the widest 95 % interval of a mean latency, its half width as a share of the mean, over the plans that are
// the fastest at some rate of the uplink, with all else as in the unstressed cell. Nothing if a plan sends and the cell
// has no rate, or if one of them was measured once only.
std::optional<double> widest_interval(const table::PartitionTable& table);

}  // namespace tideline::predict
