// Sizes: makes the input sizes that a graph reads constants.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <vector>

namespace tideline::graph {

// Makes each size of the input that the graph reads a constant, if `shape` has it. Sizes that are not positive in
// `shape` may vary and stay.
void fix_sizes_of(const torch::jit::Value& input, const std::vector<std::int64_t>& shape);

}  // namespace tideline::graph
