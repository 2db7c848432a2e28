// Mutation: finds operators that write to existing memory.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace tideline::graph {

// Returns true iff an operator of the block, or of a block inside it, writes to one of its inputs.
bool any_writes(const torch::jit::Block& block);

}  // namespace tideline::graph
