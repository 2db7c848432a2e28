#include "runtime/cloud/batch_run.h"

#include <cstdint>
#include <utility>

namespace tideline::cloud {
namespace {

// Returns the result of the request at that place in the batch.
TailJob::Told part_of(Result<TailOutcome>& outcome, std::size_t place) {
  if (!outcome) return {outcome.error(), {}, {}, {}, 0};
  const auto together = static_cast<std::uint16_t>(outcome->outputs.size());
  TensorCodes codes = place < outcome->codes.size() ? std::move(outcome->codes[place]) : TensorCodes();
  return {std::move(outcome->outputs[place]), {}, outcome->decode, outcome->run, together, std::move(codes)};
}

TailJob::Told alone(const TailRunner& runner, const RequestedTail& request) {
  Result<TailOutcome> outcome = runner.run({&request, 1});
  return part_of(outcome, 0);
}

}  // namespace

BatchRun run_batch(const TailRunner& runner, std::vector<FairQueue::Waiting>& batch) {
  const TimePoint started = Clock::now();
  std::vector<RequestedTail> requests;
  requests.reserve(batch.size());
  for (auto& [job, kind] : batch) requests.push_back(std::move(job.requested));
  Result<TailOutcome> outcome = runner.run(requests);
  BatchRun ran{{}, Clock::now() - started};
  if (!outcome) ran.took = outcome.error();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Duration queue = started - batch[i].job.arrived;
    ran.told.push_back(outcome || batch.size() == 1 ? part_of(outcome, i) : alone(runner, requests[i]));
    ran.told.back().queue = queue;
  }
  return ran;
}

}  // namespace tideline::cloud
