// From a journal of measurements to the partition table.
#pragma once

#include "policy/table/table.h"
#include "profiler/journal/sample.h"
#include "runtime/base/result.h"

#include <string>

namespace tideline {

// By the campaign's method. Of a separable one, every cell of which all three sides were measured is predicted
// (separable.h), judged by what was held out (held_out.h), and its uncertainty includes what that showed. Of an
// exhaustive one: means (winsorised where they are of five or more), p95 and confidence intervals per
// candidate and cell; each cell's readings are medians over its samples, its slowdowns the median over candidates of
// the median head (tail) time over that of the baseline cell. The agreement of a candidate, which no condition changes,
// stands in every cell. Cells without a sample of every candidate are left out. Returns invalid when the baseline cell
// is among them.
Result<PartitionTable> build_table(const Measurements& measured, std::string created);
Result<PartitionTable> build_separable_table(const Measurements& measured, std::string created);

// What a table says of where it comes from.
PartitionTable::Origin origin_of(const Measurements& measured, std::string created, Quality quality);

}  // namespace tideline
