// Together: whether several requests may run as one batch.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/model.h"

#include <cstdint>

namespace tideline {

// Runs `range` on two requests of `rows` each, which have nothing in common, as one batch and singly. Returns an error
// that says what is wrong when that fails, or gives one of them what differs from its own result by more than rounding:
// a thousandth of the largest number, in bf16 a twentieth; integers must be the same.
Result<void> rows_stay_apart(const Model& model, Range range, std::int64_t rows);

}  // namespace tideline
