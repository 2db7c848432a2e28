// Signature: reduces a graph's inputs to single tensors.
#pragma once

#include "runtime/base/result.h"

#include <ATen/core/function_schema.h>
#include <torch/csrc/jit/ir/ir.h>

#include <string>
#include <vector>

namespace tideline::graph {

// Sets each input that is not a tensor to its default, or to None if it is optional without a default. Returns these
// inputs, in order, as "mask = None".
std::vector<std::string> bind_defaults(torch::jit::Graph& graph, const c10::FunctionSchema& schema);

// Removes the frozen graph's `self` and checks that the other inputs are tensors. Returns invalid when the network
// keeps state (and names it), takes no tensor, or takes another type.
Result<void> check_inputs(torch::jit::Graph& graph);

// Returns the author's names of the inputs ("x"), or "input0", "input1", ... if there are none.
std::vector<std::string> input_names(const torch::jit::Graph& graph);

}  // namespace tideline::graph
