// Prepacked: restores plain operators from those that a mobile optimiser packed for XNNPACK.
#pragma once

#include "runtime/base/result.h"

#include <torch/csrc/jit/ir/ir.h>

#include <memory>

namespace tideline::script {

// Replaces linear layers and convolutions with weights in an XNNPACK object by plain ones, and their bounds by clamps.
// XNNPACK keeps the addresses of input and output in that object during a run, so concurrent runs would write each
// other's results. It also uses threads of its own. Returns invalid when the graph uses an unknown object of libtorch
// that may keep state during a run.
Result<void> unpack_prepacked(const std::shared_ptr<torch::jit::Graph>& graph);

}  // namespace tideline::script
