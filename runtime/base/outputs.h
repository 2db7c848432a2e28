// Outputs: checks that a received answer has the number, types and shapes of the network's outputs.
//
// Check every answer from another process before you use a size in it. Pure functions. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <span>
#include <vector>

namespace tideline {

// Returns corrupt, naming the difference, unless `given` matches `wanted` in number, types and shapes. Ignores names.
// REQUIRES: `wanted` has no variable batch.
Result<void> check_outputs(std::span<const TensorSpec> wanted, std::span<const TensorSpec> given);

// Returns the specs of those tensors, without names.
std::vector<TensorSpec> specs_of(std::span<const Tensor> tensors);

}  // namespace tideline
