// Table print: formats a partition table as text for people. Pure functions.
#pragma once

#include "policy/table/table.h"

#include <span>
#include <string>

namespace tideline::print {

// One row per cell: its conditions, the best plan there, its latency beside cloud-only's and edge-only's. Then the
// quality of the figures.
std::string table_text(const table::PartitionTable& table);

// One line each for noise floor, drift, held-out residuals, corrections and left-out conditions; empty if none of these
// is known.
std::string quality_text(const table::Quality& quality);

// Lists what each codec of each cut sends, how well its answers agree, and how long coding takes; see
// runtime/engine/plan_checks.h.
std::string plan_checks_text(std::span<const table::Estimate> plans, const std::string& inputs);

}  // namespace tideline::print
