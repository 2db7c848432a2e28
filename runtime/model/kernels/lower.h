// Lowering: replaces operators of libtorch by kernels.
//
//     if (can_be_lowered(*graph)) lower(graph, Library::xnnpack);
//
// Not thread-safe: the caller owns the graph.
#pragma once

#include "runtime/model/kernels/library.h"

#include <torch/csrc/jit/ir/ir.h>

#include <memory>

namespace tideline::kernels {

// Replaces convolutions, linear layers, pooling and batch normalisation by kernels, together with the operators after
// them that the same call can compute. The remaining values keep their names. Operators without a suitable kernel stay
// unchanged. Which operators become one does not depend on the library. REQUIRES: can_be_lowered(*graph).
void lower(const std::shared_ptr<torch::jit::Graph>& graph, Library library);

// Returns false if the network writes to memory or reads strides.
bool can_be_lowered(const torch::jit::Graph& graph);

}  // namespace tideline::kernels
