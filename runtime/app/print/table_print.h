// How a partition table is shown to people.
#pragma once

#include "policy/table/table.h"

#include <string>

namespace tideline {

// One row per cell: its conditions, the best plan there, its latency beside cloud-only's and edge-only's; then how far
// the figures can be trusted.
std::string table_text(const PartitionTable& table);

// One line each for noise floor, drift, held-out residuals, corrections and what was left out; empty where nothing is
// known.
std::string quality_text(const Quality& quality);

}  // namespace tideline
