// Convolutions: rewrites the convolutions of a traced network as those of a scripted one.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace tideline::kernels {

// Replaces aten::_convolution, which tracing produces, by the equivalent aten::conv2d. libtorch has such a pass, too,
// but it loses the module of the operator. Other convolutions stay unchanged.
void name_traced_convolutions(torch::jit::Graph& graph);

}  // namespace tideline::kernels
