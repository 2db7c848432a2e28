// Learning campaign: what an edge measures beside its requests, as a campaign of --profile with one cell.
//
//   const auto context = learning_campaign(config, named, link.state());  // Every plan that may be measured.
//   const auto table = run_learning(*context, subject, stop);
#pragma once

#include "policy/table/table.h"
#include "profiler/campaign/learning_choice.h"
#include "profiler/journal/sample.h"
#include "profiler/journal/subject.h"
#include "runtime/app/config/config.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/app/modes/step_trial.h"
#include "runtime/base/result.h"
#include "runtime/link/link.h"

#include <atomic>
#include <memory>
#include <span>

namespace tideline::modes {

campaign::LearningLimits learning_limits(const config::Config& config);

// Returns the campaign of all plans that lose nothing and are allowed: one cell, few repetitions, random inputs, what
// can be known within a minute. Errors are those of plan_campaign().
Result<journal::Context> learning_campaign(config::Config config, const NamedModel& named,
                                           const link::LinkState& cloud);

// Adds the plans that keep their limit, among those of `steps`, by cut. REQUIRES: `steps` has them.
void add_steps(journal::Context& context, std::span<const journal::Candidate> steps, const Agreements& good);

// Measures the campaign, with a journal in a temporary folder. The table gets the agreements of `steps` in place of
// those that the campaign measures. Returns unavailable if it was stopped or if a measurement failed too often.
Result<std::shared_ptr<const table::PartitionTable>> run_learning(const journal::Context& context,
                                                                  journal::Subject& subject, const Agreements& steps,
                                                                  const std::atomic<bool>& stop);

}  // namespace tideline::modes
