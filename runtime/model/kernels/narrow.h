// Narrowing: makes a lowered graph compute in bf16.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <unordered_set>

namespace tideline::kernels {

// Makes every kernel multiply in bf16. A kernel's result is bf16 if all its users are kernels, or operators that only
// move numbers. All other values stay fp32, like the network's inputs and outputs. Adds and removes no node, so the
// cuts stay the same. Returns the values that are bf16 and were fp32 in the author's network.
std::unordered_set<const torch::jit::Value*> narrow(torch::jit::Graph& graph);

}  // namespace tideline::kernels
