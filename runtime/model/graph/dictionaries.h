// Dictionaries: replaces dictionaries that a network builds key by key by the tensors in them.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace tideline::graph {

// Replaces each read from a dictionary by the value stored there, if the graph determines it: the keys are constant
// texts, and no branch or loop uses the dictionary. If the dictionary is returned, builds it at once, after all its
// values. Returns true iff something changed; simplify() then removes unused values.
bool settle_dictionaries(torch::jit::Graph& graph);

}  // namespace tideline::graph
