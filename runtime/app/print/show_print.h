// Show print: formats one partition table, or the differences between two, as text and JSON, for --show. Pure
// functions.
#pragma once

#include "policy/table/table.h"
#include "policy/table/table_difference.h"

#include <string>

namespace tideline {

// The origin of the table (model, machines, method), and all else that concerns the table as a whole.
std::string origin_text(const PartitionTable& table);

// The origin, and one row per cell: its conditions, the best plan there, its latency with interval, and its terms.
std::string show_text(const PartitionTable& table);

// The same as one JSON object, ending with a newline.
std::string show_json(const PartitionTable& table);

// The differences: origin, cells, best plans (and whether beyond the noise), and the largest changes of terms.
std::string difference_text(const TableDifference& difference);
std::string difference_json(const TableDifference& difference);

}  // namespace tideline
