// Stack: tensors of several requests put one behind the other along their first size, and taken apart again.
#pragma once

#include "runtime/base/tensor.h"

#include <cstdint>
#include <vector>

namespace tideline {

// Returns for every tensor of a request all requests' in one. REQUIRES: all requests have tensors of the same types and
// shapes, and each has a first size.
std::vector<Tensor> stacked(const std::vector<std::vector<Tensor>>& requests);

// The inverse; shares the memory. REQUIRES: the first size of every tensor is a multiple of `count`.
std::vector<std::vector<Tensor>> unstacked(std::vector<Tensor> tensors, std::int64_t count);

}  // namespace tideline
