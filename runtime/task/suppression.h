// Suppression: of boxes of one class that overlap, only the best one stays (non-maximum suppression).
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/task/box.h"

#include <cstddef>
#include <vector>

namespace tideline::task {

// Returns the `most` best boxes that remain, best first. A box goes iff a better one of its class remains and their IoU
// is larger than `max_overlap`; of equal scores, the first one is better. REQUIRES: every box has an area and finite
// numbers; most > 0. Takes time in proportion to boxes.size() * most.
Result<std::vector<Box>> without_overlaps(std::vector<Box> boxes, float max_overlap, std::size_t most);

}  // namespace tideline::task
