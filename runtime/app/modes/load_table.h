// Loads the partition table of a model.
#pragma once

#include "policy/table/table.h"
#include "runtime/app/modes/load_models.h"

#include <memory>
#include <string>

namespace tideline::modes {

// Returns the table that the config names for `model`; null if it names none. Returns invalid if the table is for
// another model, or was measured while the edge computed in another precision or on another kind of processor.
Result<std::shared_ptr<const table::PartitionTable>> load_table(const config::Config& config, const NamedModel& model);

// The same of that file.
Result<std::shared_ptr<const table::PartitionTable>> load_table(const std::string& file, const NamedModel& model);

}  // namespace tideline::modes
