// Storages: checks the tensor memory that the pickles of a TorchScript file refer to.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/graph/records.h"

namespace tideline::graph {

// Returns invalid when a pickle names a missing record, or one too short for its numbers: libtorch would read past its
// end. Also when a pickle is cut short, or was not written by libtorch.
Result<void> check_storages(const Records& records);

}  // namespace tideline::graph
