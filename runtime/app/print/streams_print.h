// StreamsPrint: prints what steps send in a stream, by cut, as text and JSON. Pure functions.
#pragma once

#include "policy/table/table.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace tideline::print {

// One line for each cut: its steps, with their bytes in a stream and alone. Empty if no plan has bytes in a stream.
std::string streams_text(const table::PartitionTable& table);

// The same as an array of plans; empty if no plan has bytes in a stream.
nlohmann::ordered_json streams_json(const table::PartitionTable& table);

}  // namespace tideline::print
