// Dictionaries: those that a network builds key by key become the tensors that they hold.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

namespace tideline {

// Puts in the place of what is read from a dictionary the value that was put there, where the graph says which: its
// keys are constant texts, and no branch or loop uses it. Where it is returned it is built at once, behind all that it
// holds. Returns true iff something changed; simplify() then takes away what nobody uses.
bool settle_dictionaries(torch::jit::Graph& graph);

}  // namespace tideline
