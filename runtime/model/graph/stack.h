// Stack: concatenates the tensors of several requests along their first size, and splits them again.
//
//     const std::vector<std::vector<Tensor>> requests{first, second};
//     auto together = model.run_together(model.whole(), stacked(requests), 2);
//     if (!together) return together.error();
//     const std::vector<std::vector<Tensor>> results = unstacked(*std::move(together), 2);
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/base/tensor.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tideline::graph {

// Returns true iff each of them has a first size. A scalar has none, so its request runs alone.
bool can_be_stacked(std::span<const TensorSpec> specs);

// Returns for every tensor of a request the concatenation over all requests. REQUIRES: all requests have tensors of the
// same types and shapes, and each has a first size, unless there is only one request.
std::vector<Tensor> stacked(const std::vector<std::vector<Tensor>>& requests);

// The inverse; shares the memory. REQUIRES: `count` is one, or the first size of every tensor is a multiple of it.
std::vector<std::vector<Tensor>> unstacked(std::vector<Tensor> tensors, std::int64_t count);

}  // namespace tideline::graph
