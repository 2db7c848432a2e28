// Lowering: operators of libtorch become kernels.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <memory>

namespace tideline {

// Replaces convolutions, linear layers, pooling and batch normalisation by kernels, together with
// what follows them where that can be done in the same call; each value that is left keeps its name. Whatever does not
// plainly fit stays as it is. REQUIRES: can_be_lowered(*graph).
void lower(const std::shared_ptr<torch::jit::Graph>& graph);

// Returns false where the network writes to memory or looks at strides.
bool can_be_lowered(const torch::jit::Graph& graph);

// Returns true iff the processor has the vector instructions for which oneDNN is fast.
bool kernels_are_fast_here();

}  // namespace tideline
