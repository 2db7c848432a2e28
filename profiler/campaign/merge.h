// Merge: one campaign of the journals of its shards. A pure function.
#pragma once

#include "profiler/journal/sample.h"
#include "runtime/base/result.h"

#include <span>
#include <string>
#include <vector>

namespace tideline {

struct NamedMeasurements {
  std::string name;  // For sentences about it: the file.
  Measurements measured;
};

// Returns what the campaign would have measured in one piece: the same cells, candidates and counts; the anchors of all
// shards, each with its shard's number. Returns invalid, naming the file and what is wrong, when there is none, one is
// no shard, belongs to another campaign or was measured by another kind of machine (by the first difference), is there
// twice, is missing, or has cells that are not finished.
Result<Measurements> merge(std::span<const NamedMeasurements> shards);

}  // namespace tideline
