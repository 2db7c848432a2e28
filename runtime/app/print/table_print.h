// Table print: formats a partition table as text for people. Pure functions.
#pragma once

#include "policy/table/table.h"

#include <string>

namespace tideline::print {

// One row per cell: its conditions, the best plan there, its latency beside cloud-only's and edge-only's. Then the
// quality of the figures.
std::string table_text(const table::PartitionTable& table);

// One line each for the measured inputs, if that matters, and for what serves without a limit of accuracy, if the table
// has steps. Then what these send in a stream, and the accuracy of every plan, if that was measured.
std::string inputs_text(const table::PartitionTable& table);

// One line each for noise floor, drift, held-out residuals, corrections and left-out conditions; empty if none of these
// is known.
std::string quality_text(const table::Quality& quality);

}  // namespace tideline::print
