// Lowering: operators of libtorch become kernels.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <memory>

namespace tideline {

// Replaces convolutions, linear layers, pooling and batch normalisation by kernels, together with
// what follows them where that can be done in the same call; each value that is left keeps its name. Whatever does not
// plainly fit stays as it is. Returns false, and leaves all as it is, where the network writes to memory or looks at
// strides, or the processor has no vector instructions for which oneDNN is fast.
bool lower(const std::shared_ptr<torch::jit::Graph>& graph);

}  // namespace tideline
