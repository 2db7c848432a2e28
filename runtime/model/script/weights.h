// Weights: how many bytes of constants the operators of a graph use.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <vector>

namespace tideline {

// Returns, for each i from 0 to operators.size(), the bytes of the constant tensors that the first i operators use.
// Memory that several share is counted once.
std::vector<std::uint64_t> weights_before(const std::vector<torch::jit::Node*>& operators);

// The same as they are kept now: what kernels have brought into an order of their own may take more.
std::vector<std::uint64_t> held_before(const std::vector<torch::jit::Node*>& operators);

// As weights_before(), for the operators from i on.
std::vector<std::uint64_t> weights_after(const std::vector<torch::jit::Node*>& operators);

}  // namespace tideline
