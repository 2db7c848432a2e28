// Addition: adds numbers to others and limits the sums, in one pass over the memory.
#pragma once

#include "runtime/model/kernels/activation.h"

#include <cstdint>

namespace tideline::kernels {

// Adds `count` numbers of `from` to those of `to`. NaN stays NaN.
void add(const float* from, std::int64_t count, ClipLimits limits, float* to);

}  // namespace tideline::kernels
