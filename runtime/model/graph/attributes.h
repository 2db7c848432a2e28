// Attributes: what freezing leaves in a module, and a graph still reads.
#pragma once

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

namespace tideline {

// Makes constants of the attributes that the graph reads, unless it sets one, or writes to any tensor. Freezing leaves
// weights alone that get into a list, where the graph appends to some other list: it cannot tell the two apart.
void bind_attributes(const torch::jit::Module& module, torch::jit::Graph& graph);

}  // namespace tideline
