// Narrowing: a lowered graph made to compute in bf16.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <unordered_set>

namespace tideline {

// Makes every kernel multiply in bf16, and give bf16 where all that takes its result are kernels, or operators that
// hand numbers on without computing any. Everything else gives and takes fp32, as before: so do the network's inputs
// and outputs. Adds and removes no node: the cuts stay where they are.
// Returns the values that are bf16 where the author had fp32.
std::unordered_set<const torch::jit::Value*> narrow(torch::jit::Graph& graph);

}  // namespace tideline
