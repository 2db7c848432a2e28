// Lowering: replaces operators of libtorch by kernels.
//
//     if (kernels_are_fast_here() && can_be_lowered(*graph)) lower(graph);
//
// Not thread-safe: the caller owns the graph.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <memory>

namespace tideline::kernels {

// Replaces convolutions, linear layers, pooling and batch normalisation by kernels, together with the operators after
// them that the same call can compute. The remaining values keep their names. Operators without a suitable kernel stay
// unchanged. REQUIRES: can_be_lowered(*graph).
void lower(const std::shared_ptr<torch::jit::Graph>& graph);

// Returns false if the network writes to memory or reads strides.
bool can_be_lowered(const torch::jit::Graph& graph);

// Returns true iff the processor has the vector instructions that make oneDNN fast.
bool kernels_are_fast_here();

}  // namespace tideline::kernels
