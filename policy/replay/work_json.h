// Reads what requests compute on an edge, as a live edge tells it at /api/status. Thread-safe.
#pragma once

#include "policy/dispatch/edge_work.h"
#include "policy/table/table.h"
#include "runtime/base/result.h"

#include <string_view>

namespace tideline::replay {

// Returns what `status`, the JSON text of a whole /api/status, says under `load.work` of the plans of `table`. Returns
// invalid if it is no such text, if cores are unknown or no time is known of a plan of the table, or if a value cannot
// be: cores are above 0 and at most 1024, times 0 to an hour.
Result<dispatch::WorkSeen> parse_work(std::string_view status, const table::PartitionTable& table);

}  // namespace tideline::replay
