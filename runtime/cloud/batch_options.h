// BatchOptions: limits of the batcher, which combines waiting tails into runs.
#pragma once

#include "runtime/base/time.h"

#include <cstddef>

namespace tideline::cloud {

struct BatchOptions {
  int slots = 1;                   // Concurrent runs.
  std::size_t most_together = 16;  // Requests of one run: of one model, cut and codec. 1: no batches.
  Duration longest_wait = std::chrono::milliseconds(2);  // For others, right after a batch of several.
  std::size_t queue_limit = 4096;                        // Waiting tails.
};

}  // namespace tideline::cloud
