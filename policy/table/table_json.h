// The file format of partition tables, JSON, version 3; policy/README.md describes it. Thread-safe.
#pragma once

#include "policy/table/table.h"
#include "runtime/base/result.h"

#include <string>
#include <string_view>

namespace tideline::table {

// Returns invalid, naming the fault and its place, unless the text is a table that PartitionTable::make() takes.
Result<PartitionTable> parse_table(std::string_view json);

// Equal tables have equal texts.
std::string to_json(const PartitionTable& table);

}  // namespace tideline::table
