// State: what a network keeps from one run to the next.
#pragma once

#include "runtime/base/result.h"

#include <torch/csrc/jit/ir/ir.h>

namespace tideline {

// Returns the sentence with which a network is refused whose graph still needs itself when it is frozen: which
// attribute it writes to, and what to do.
Error keeps_state(const torch::jit::Graph& graph);

}  // namespace tideline
