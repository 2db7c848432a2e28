// Certainty print: says how surely a table knows its plans, and which conditions are worth more time. A pure function.
#pragma once

#include "policy/table/table.h"

#include <string>

namespace tideline::print {

// One line for each plan that is or may be the best somewhere, one for the others together, and one for each of the few
// conditions in which a better plan may be hidden most.
std::string certainty_text(const table::PartitionTable& table);

}  // namespace tideline::print
