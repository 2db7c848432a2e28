// Determinism: finds operators whose results do not follow from the inputs alone.
#pragma once

#include "runtime/base/result.h"

#include <torch/csrc/jit/ir/ir.h>

namespace tideline::script {

// Returns invalid, naming the operator, when one draws random numbers or was traced in training mode. Two runs on the
// same inputs would differ, so no cut could be exact.
Result<void> check_determinism(const torch::jit::Graph& graph);

}  // namespace tideline::script
