// Signature: what a graph takes and gives, brought to single tensors.
#pragma once

#include "runtime/base/result.h"

#include <ATen/core/function_schema.h>
#include <torch/csrc/jit/ir/ir.h>

#include <string>
#include <vector>

namespace tideline {

// Gives each input that is no tensor, and has a default, that value: an optional mask is absent. So is an optional
// input without a default. Returns what is so, in order, as "mask = None".
std::vector<std::string> bind_defaults(torch::jit::Graph& graph, const c10::FunctionSchema& schema);

// Drops the frozen graph's `self` and checks that what is left are tensors.
// Returns invalid when the network keeps state (it names what), takes no tensor, or takes something else.
Result<void> check_inputs(torch::jit::Graph& graph);

// Returns the names that the network's author gave its inputs ("x"), or "input0", "input1", ... where they do not say.
std::vector<std::string> input_names(const torch::jit::Graph& graph);

}  // namespace tideline
