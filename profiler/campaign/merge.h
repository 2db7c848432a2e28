// Merge: joins the journals of a campaign's shards into one campaign. A pure function. Thread-safe.
#pragma once

#include "profiler/journal/sample.h"
#include "runtime/base/result.h"

#include <span>
#include <string>
#include <vector>

namespace tideline {

struct NamedMeasurements {
  std::string name;  // Name for error messages: the file.
  Measurements measured;
};

// Returns the measurements of the whole campaign: the same cells, candidates and counts, and the anchors of all shards
// with their shard's number. Returns invalid, naming the file and the fault, if there is no shard, or if a journal is
// no shard, is of another campaign or kind of machine (naming the first difference), is there twice, is missing, or has
// unfinished cells.
Result<Measurements> merge(std::span<const NamedMeasurements> shards);

}  // namespace tideline
