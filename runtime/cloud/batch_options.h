// BatchOptions: how tails that wait become runs.
#pragma once

#include "runtime/base/time.h"

#include <cstddef>

namespace tideline {

struct BatchOptions {
  int slots = 1;                   // Runs at once.
  std::size_t most_together = 16;  // Requests of one run: of one model, cut and codec. 1: none runs with another.
  Duration longest_wait = std::chrono::milliseconds(2);  // For others, right after several have run together.
  std::size_t queue_limit = 4096;                        // Tails that may wait.
};

}  // namespace tideline
