// Rewrites the convolutions of a traced network as those of a written one.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace tideline {

// Replaces aten::_convolution, which tracing leaves behind, by the same aten::conv2d. libtorch's own passes do so too,
// but forget which module the operator stands for. Whatever is not plainly such a convolution stays.
void name_traced_convolutions(torch::jit::Graph& graph);

}  // namespace tideline
