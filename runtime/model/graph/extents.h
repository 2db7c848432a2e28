// Whether a network's tensors lie within the memory that they name.
#pragma once

#include "runtime/base/result.h"

#include <torch/csrc/jit/api/module.h>

namespace tideline {

// Returns invalid when a weight or a constant reaches behind the end of its memory, which libtorch does not check when
// it reads a file.
Result<void> check_extents(const torch::jit::Module& module);

}  // namespace tideline
