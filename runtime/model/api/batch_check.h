// BatchCheck: decides whether several requests may run as one batch.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/api/model.h"

#include <cstdint>

namespace tideline::model {

// Returns success when Model::keeps_apart() proves it for requests of `rows` rows each, and a trial agrees. The trial
// runs unrelated requests of different magnitudes and signs as one batch, in two orders, and singly. Each must get its
// own result within rounding: a thousandth of the largest number, a twentieth in bf16 and fp16; integers must be equal.
// Otherwise returns an error that names the fault. Slow: runs the range a dozen times.
Result<void> rows_stay_apart(const Model& model, Range range, std::int64_t rows);

}  // namespace tideline::model
