// Outputs: whether what came is what a network gives, in number, type and shape.
//
// Whoever takes an answer from elsewhere asks here before it trusts a size in it. Pure functions. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <span>
#include <vector>

namespace tideline {

// Returns corrupt, saying which and how, unless `given` are as many as `wanted`, and each of its type and shape. Names
// do not count. REQUIRES: the batch of `wanted` is settled.
Result<void> check_outputs(std::span<const TensorSpec> wanted, std::span<const TensorSpec> given);

// Returns what those tensors are, without names.
std::vector<TensorSpec> specs_of(std::span<const Tensor> tensors);

}  // namespace tideline
