// Lowering: operators of libtorch become kernels.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <memory>

namespace tideline {

// Replaces convolutions, linear layers, pooling and batch normalisation over constant weights by kernels, together with
// what follows them where that can be done in the same call. Whatever does not plainly fit stays as it is, and so does
// everything where the processor has no vector instructions for which oneDNN is fast.
void lower(const std::shared_ptr<torch::jit::Graph>& graph);

}  // namespace tideline
