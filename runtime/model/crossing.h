// Crossing: whether tensors are what crosses at a cut.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/model.h"

#include <cstdint>
#include <span>

namespace tideline {

// Returns invalid unless `in` are in number, type, shape and size what crosses there, of one batch of at most
// `max_batch` where that varies.
Result<void> check_crossing(const Cut& cut, std::span<const Tensor> in, std::int64_t max_batch);

}  // namespace tideline
