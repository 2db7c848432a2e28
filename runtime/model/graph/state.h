// State: explains why a network that keeps state between runs is refused.
#pragma once

#include "runtime/base/result.h"

#include <torch/csrc/jit/ir/ir.h>

namespace tideline::graph {

// Returns the error for a network whose frozen graph still needs the module itself. It names the attribute that the
// network writes to, and the remedy.
Error keeps_state(const torch::jit::Graph& graph);

}  // namespace tideline::graph
