// From a journal of measurements to the partition table.
#pragma once

#include "policy/table.h"
#include "profiler/journal.h"
#include "runtime/base/result.h"

#include <string>

namespace tideline {

// Means, p95 and confidence intervals per candidate and cell; each cell's readings are medians over its samples, its
// slowdowns the median over candidates of the median head (tail) time over that of the baseline cell.
// The agreement of a candidate, which no condition changes, stands in every cell.
// Cells without a sample of every candidate are left out. Returns invalid when the baseline cell is among them.
// REQUIRES: there are as many agreements as candidates.
Result<PartitionTable> build_table(const Context& context, std::span<const Sample> samples,
                                   std::span<const std::optional<Agreement>> agreements, std::string created);

}  // namespace tideline
