// Chance: operators whose result does not follow from the inputs alone.
#pragma once

#include "runtime/base/result.h"

#include <torch/csrc/jit/ir/ir.h>

namespace tideline {

// Returns invalid, and names the operator, when one draws random numbers, or was traced while the network was learning:
// two runs on the same inputs would differ, and no cut could be exact.
Result<void> check_determinism(const torch::jit::Graph& graph);

}  // namespace tideline
