// Together: whether several requests may run as one batch.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/api/model.h"

#include <cstdint>

namespace tideline {

// Returns nothing when Model::keeps_apart() proves it of requests of `rows` each, and a trial agrees: some that have
// nothing in common, of other sizes and signs, run as one batch in two orders and singly, and each gets its own result
// but for rounding: a thousandth of the largest number, in bf16 a twentieth; integers must be the same. Else an error
// that says what is wrong. Slow: runs the range a dozen times.
Result<void> rows_stay_apart(const Model& model, Range range, std::int64_t rows);

}  // namespace tideline
