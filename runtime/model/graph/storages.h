// What the pickles of a TorchScript file say of the memory that its tensors lie in.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/graph/records.h"

namespace tideline {

// Returns invalid when a pickle names a record that is not there, or one too short for its numbers:
// libtorch would read behind its end. Also when a pickle is cut short, or is not one as libtorch writes them.
Result<void> check_storages(const Records& records);

}  // namespace tideline
