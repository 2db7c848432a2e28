// Weights: counts the bytes of constants that the operators of a graph use.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <vector>

namespace tideline::script {

// Returns, for each i from 0 to operators.size(), the bytes of the constant tensors that the first i operators use.
// Memory that several share is counted once.
std::vector<std::uint64_t> weights_before(const std::vector<torch::jit::Node*>& operators);

// Like weights_before(), with the current size: kernels may keep weights in a larger form.
std::vector<std::uint64_t> held_before(const std::vector<torch::jit::Node*>& operators);

// Like weights_before(), for the operators from i on.
std::vector<std::uint64_t> weights_after(const std::vector<torch::jit::Node*>& operators);

}  // namespace tideline::script
