// Extents: checks that a network's tensors lie within the memory that they refer to.
#pragma once

#include "runtime/base/result.h"

#include <torch/csrc/jit/api/module.h>

namespace tideline::graph {

// Returns invalid when a weight or a constant extends past the end of its memory. libtorch does not check this when it
// reads a file.
Result<void> check_extents(const torch::jit::Module& module);

}  // namespace tideline::graph
