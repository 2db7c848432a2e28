// Show print: formats one partition table, or the differences between two, as text and JSON, for --show. Pure
// functions.
#pragma once

#include "policy/table/table.h"
#include "policy/table/table_difference.h"

#include <string>

namespace tideline::print {

// The origin of the table (model, machines, method), and all else that concerns the table as a whole.
std::string origin_text(const table::PartitionTable& table);

// The origin, and one row per cell: its conditions, the best plan there, its latency with interval, and its terms.
std::string show_text(const table::PartitionTable& table);

// The same as one JSON object, ending with a newline. Bytes in a stream are in `streams`, and the accuracies of plans
// in `accuracy`, if they were measured.
std::string show_json(const table::PartitionTable& table);

// The differences: origin, bytes in a stream, cells, best plans (and whether beyond the noise), and the largest changes
// of terms.
std::string difference_text(const table::TableDifference& difference);
std::string difference_json(const table::TableDifference& difference);

}  // namespace tideline::print
