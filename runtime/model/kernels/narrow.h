// Narrowing: makes a lowered graph compute in bf16 or fp16.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <string>
#include <unordered_set>

namespace tideline::kernels {

// Makes every kernel multiply in that type. A kernel's result has the type if all its users are kernels, or operators
// that only move numbers. All other values stay fp32, like the network's inputs and outputs. Adds and removes no node,
// so the cuts stay the same. Returns the values that have the type and were fp32 in the author's network.
std::unordered_set<const torch::jit::Value*> narrow(torch::jit::Graph& graph, at::ScalarType type);

// Returns why no kernel of the graph may multiply in fp16: it has none that multiplies, or one with a weight that fp16
// does not have; empty if it may.
std::string why_not_in_fp16(const torch::jit::Graph& graph);

}  // namespace tideline::kernels
