// Makes plain operators of those that a mobile optimiser packed for XNNPACK.
#pragma once

#include "runtime/base/result.h"

#include <torch/csrc/jit/ir/ir.h>

#include <memory>

namespace tideline {

// Replaces linear layers and convolutions that hold their weights in an object of XNNPACK by the same ones over plain
// weights, and their bounds by clamps. XNNPACK keeps the places of input and output in that object while it computes:
// two runs at once would write each other's results. It also hands its work to threads of its own.
// Returns invalid when the graph uses an object of libtorch that may keep state while it computes, and is not known
// here.
Result<void> unpack_prepacked(const std::shared_ptr<torch::jit::Graph>& graph);

}  // namespace tideline
