// AccuracyPrint: prints how many answers of each plan are right, or which boxes it keeps, as text and JSON. Pure
// functions.
#pragma once

#include "policy/plan/agreement.h"
#include "policy/table/table.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace tideline::print {

// One line for the whole network in fp32, and one for each plan: its bytes, its agreement, and its accuracy with the 95
// % interval. Empty if no plan has an accuracy.
std::string accuracy_text(const table::PartitionTable& table);

// The same as an array of plans, without a line for the whole network; empty if no plan has an accuracy.
nlohmann::ordered_json accuracy_json(const table::PartitionTable& table);

// Returns the right answers or kept boxes of one plan: for each count its share and interval. Empty without labels and
// boxes.
nlohmann::ordered_json accuracy_json(const plan::Agreement& agreement);

}  // namespace tideline::print
