// Merge: joins the journals of a campaign's shards into one campaign. A pure function. Thread-safe.
#pragma once

#include "profiler/journal/sample.h"
#include "runtime/base/result.h"

#include <span>
#include <string>
#include <vector>

namespace tideline::campaign {

struct NamedMeasurements {
  std::string name;  // Name for error messages: the file.
  journal::Measurements measured;
};

// Returns the measurements of the whole campaign: the same cells, candidates and counts, and the anchors of all shards
// with their shard's number. Returns invalid, naming the file and the fault, in these cases. There is no journal, a
// shard is missing, or two journals are the same shard. A journal is not a shard, or has unfinished cells. A journal is
// of another campaign or another kind of machine; then the error names the first difference.
Result<journal::Measurements> merge(std::span<const NamedMeasurements> shards);

}  // namespace tideline::campaign
