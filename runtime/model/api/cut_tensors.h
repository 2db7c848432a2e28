// CutTensors: checks that tensors match what crosses at a cut.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/api/model.h"

#include <cstdint>
#include <span>

namespace tideline::model {

// How large the tensors may be.
struct CutTensorsLimit {
  std::int64_t max_batch = 1;  // The largest batch, if the batch varies.
  std::int64_t times = 1;      // The multiple of the first size, if the batch is fixed.
};

// Returns invalid unless `in` matches the cut in number, types, shapes and sizes. A variable batch must be the same for
// all tensors.
Result<void> check_cut_tensors(const Cut& cut, std::span<const Tensor> in, const CutTensorsLimit& limit);

}  // namespace tideline::model
