// Sizes: what a graph asks of the shape of its inputs.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <vector>

namespace tideline {

// Makes a constant of each size of the input that the graph asks for and `shape` knows; what is not positive in it may
// vary.
void fix_sizes_of(const torch::jit::Value& input, const std::vector<std::int64_t>& shape);

}  // namespace tideline
