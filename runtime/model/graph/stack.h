// Stack: tensors of several requests put one behind the other along their first size, and taken apart again.
#pragma once

#include "runtime/base/tensor.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tideline {

// Returns true iff each of them has a first size: a scalar has none, and goes alone.
bool can_be_stacked(std::span<const TensorSpec> specs);

// Returns for every tensor of a request all requests' in one. REQUIRES: all requests have tensors of the same types and
// shapes, and each has a first size, unless there is one request.
std::vector<Tensor> stacked(const std::vector<std::vector<Tensor>>& requests);

// The inverse; shares the memory. REQUIRES: `count` is one, or the first size of every tensor is a multiple of it.
std::vector<std::vector<Tensor>> unstacked(std::vector<Tensor> tensors, std::int64_t count);

}  // namespace tideline
