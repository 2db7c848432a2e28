// Crossing: whether tensors are what crosses at a cut.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/api/model.h"

#include <cstdint>
#include <span>

namespace tideline {

// How much of it there may be.
struct CrossingSize {
  std::int64_t max_batch = 1;  // Where the batch varies.
  std::int64_t times = 1;      // How often the first size there is, where it does not.
};

// Returns invalid unless `in` are in number, type, shape and size what crosses there, of one batch where that varies.
Result<void> check_cut_tensors(const Cut& cut, std::span<const Tensor> in, const CrossingSize& size);

}  // namespace tideline
