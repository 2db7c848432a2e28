// Attributes: makes constants of module attributes that a frozen graph still reads.
#pragma once

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

namespace tideline::graph {

// Makes the attributes that the graph reads constants, unless it sets one or writes to any tensor. Freezing keeps
// weights as attributes if they are put into a list and the graph appends to any list: it cannot tell the two apart.
void bind_attributes(const torch::jit::Module& module, torch::jit::Graph& graph);

}  // namespace tideline::graph
