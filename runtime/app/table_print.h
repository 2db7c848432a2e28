// How a partition table is shown to people.
#pragma once

#include "policy/table.h"

#include <string>

namespace tideline {

// One row per cell: its conditions, the best plan there, its latency beside cloud-only's and edge-only's.
std::string table_text(const PartitionTable& table);

}  // namespace tideline
