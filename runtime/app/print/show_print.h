// What --show says of one partition table, or of two, as text and as JSON. Pure functions.
#pragma once

#include "policy/table/table.h"
#include "policy/table/table_difference.h"

#include <string>

namespace tideline {

// Where the table comes from: model, machines, method; whatever else it says of itself as a whole is told here.
std::string origin_text(const PartitionTable& table);

// That, and one row per cell: its conditions, the best plan there, what it takes and how surely, and its terms.
std::string show_text(const PartitionTable& table);

// The same as one JSON object, ending with a newline.
std::string show_json(const PartitionTable& table);

// What differs: origin, cells, best plans and whether beyond the noise, and the largest changes of terms.
std::string difference_text(const TableDifference& difference);
std::string difference_json(const TableDifference& difference);

}  // namespace tideline
