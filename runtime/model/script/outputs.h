// Outputs: what a graph gives, brought to single tensors, each with a name.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/graph/raw_tensor.h"

#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <string>
#include <vector>

namespace tideline {

// Makes each tensor of a tuple, list or dictionary that is the network's result an output of its own, in order, and
// returns their names: keys and fields, joined by dots to where each is inside them ("boxes.0"), or "output0",
// "output1", ... where they are long or unprintable, and for all where they do not tell them apart. What is None is
// left out. How long a list is that the graph does not build at once is learned by a run on zeros; a run that gives
// more or fewer is then an error. Returns invalid when an output is no tensor, or a dictionary whose keys the graph
// does not say.
Result<std::vector<std::string>> flatten_outputs(const std::shared_ptr<torch::jit::Graph>& graph,
                                                 const std::vector<RawSpec>& inputs);

}  // namespace tideline
