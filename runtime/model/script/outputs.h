// Outputs: flattens a graph's results to single tensors, each with a name.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <string>
#include <vector>

namespace tideline::script {

// Makes each tensor in a resulting tuple, list or dictionary a separate output, in order, and returns the names. A name
// consists of keys and fields, joined by dots ("boxes.0"). Long or unprintable names become "output0", "output1", ...;
// so do all names if they are not unique. Omits None. A run on zeros shows the length of a list that the graph does not
// build at once; a later run with another length is an error. Returns invalid when an output is not a tensor, or is a
// dictionary whose keys the graph does not determine.
Result<std::vector<std::string>> flatten_outputs(const std::shared_ptr<torch::jit::Graph>& graph,
                                                 const std::vector<TensorSpec>& inputs);

}  // namespace tideline::script
