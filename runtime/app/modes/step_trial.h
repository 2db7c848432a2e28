// Step trial: how well plans that send steps answer what clients sent, measured beside requests.
//
//   const auto limit = step_limit(config);
//   const auto steps = step_candidates(config, named);
//   const auto good = try_steps({parts, monitor, traffic, inputs, *steps, *limit}, paced, stop);
#pragma once

#include "profiler/campaign/loss_trial.h"
#include "profiler/journal/sample.h"
#include "runtime/app/config/config.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/base/result.h"
#include "runtime/engine/paced_subject.h"
#include "runtime/engine/sample_inputs.h"
#include "runtime/engine/session.h"
#include "runtime/monitor/monitor.h"
#include "runtime/monitor/traffic.h"

#include <atomic>
#include <map>
#include <optional>
#include <vector>

namespace tideline::modes {

using Agreements = std::map<plan::Plan, plan::Agreement>;

// Returns what an edge that measures itself asks of steps: the limits of the config, or else the default. Absent if it
// cannot know: the right answers of clients' inputs, which edge.min_accuracy limits.
std::optional<campaign::LossTrial::Limit> step_limit(const config::Config& config);

// Returns all plans that send steps at the useful cuts.
Result<std::vector<journal::Candidate>> step_candidates(const config::Config& config, const NamedModel& named);

struct StepTrial {
  engine::Session::Parts parts;
  monitor::Monitor& monitor;
  monitor::Traffic& traffic;  // It learns the usual bytes of what the trial sends.
  const engine::SampleInputs& inputs;
  std::vector<journal::Candidate> steps;
  campaign::LossTrial::Limit limit;
};

// Answers each input by each of the plans, and compares the answers with those of the whole network here. Returns the
// plans that keep the limit, of each cut the one that sends least. Returns unavailable if it was stopped, or if an
// input failed several times.
Result<Agreements> try_steps(const StepTrial& trial, engine::PacedSubject& paced, const std::atomic<bool>& stop);

}  // namespace tideline::modes
