// GraphForm: the final form of a script's graph, once the network's inputs are known.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/model/graph/compute_options.h"
#include "runtime/model/script/script.h"

#include <memory>
#include <vector>

namespace tideline::script {

enum class GraphForm {
  fast,      // To run here, on the device: lowered to kernels if they are fast, otherwise with libtorch's operators.
  portable,  // Operators that every libtorch has, as the author wrote them. Values have the names of the fast form.
};

// Brings the script into a form for inputs of those specs. The sizes of the inputs become constants, so that no number
// derived from them is alive where only tensors may be. Returns invalid when bf16 or fp16 is requested, but the
// network or the processor does not support it. REQUIRES: one spec for each input; called once per script.
Result<void> bring_into(GraphForm form, const std::vector<TensorSpec>& inputs, const graph::ComputeOptions& options,
                        Script& script);

// Evaluates constant expressions and removes unused values.
void simplify(const std::shared_ptr<torch::jit::Graph>& graph);

}  // namespace tideline::script
