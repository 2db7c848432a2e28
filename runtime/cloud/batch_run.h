// BatchRun: the results of a batch; if the batch fails, those of its tails, run once more one by one.
#pragma once

#include "runtime/cloud/fair_queue.h"
#include "runtime/cloud/tail_runner.h"

#include <vector>

namespace tideline::cloud {

struct BatchRun {
  std::vector<TailJob::Told> told;  // Each tail's result, in order.
  Result<Duration> took;            // An error if the batch failed.
};

// Moves the tails' tensors out of the batch. REQUIRES: as TailRunner::run().
BatchRun run_batch(const TailRunner& runner, std::vector<FairQueue::Waiting>& batch);

}  // namespace tideline::cloud
