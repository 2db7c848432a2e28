// Sweep: runs a campaign: imposes each condition and measures its candidates, in an order that cancels drift.
//
// Conditions are the outer loop, as imposing them is slow. Within a cell the repetitions of all candidates are
// interleaved in seeded rounds, after one warm-up of each. Before all that, without load and timing, the agreement of
// each candidate is measured, cut by cut. A failed measurement is repeated at most `max_attempts` times; the journal
// records the reason. If `stop` turns true, the sweep stops after the current sample and leaves a valid journal.
//
//   std::atomic<bool> stop = false;  // A signal handler may set it.
//   Result<Journal> journal = Journal::create(file, context);
//   const Result<bool> complete = sweep(*journal, stage, subject, stop, {.max_attempts = 3});
//   if (complete && *complete) table = build_table(journal->measured(), created);
//
// With `keep_budget` it plans what fits (budget_plan.h), plans again after each step by what the steps really take, and
// ends in time. A step that has begun is not interrupted. What was left out is measured by a next run with more time.
// Then the journal may lack cells and candidates: make the table from measured_part().
#pragma once

#include "profiler/campaign/budget_plan.h"
#include "profiler/campaign/progress.h"
#include "profiler/journal/journal.h"
#include "profiler/journal/sample.h"
#include "profiler/journal/subject.h"
#include "runtime/base/result.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tideline::campaign {

struct SweepOptions {
  std::uint32_t max_attempts = 5;
  // Relative half width of the mean's interval that is enough. Absent: as many repetitions as the context says.
  std::optional<double> interval;
  // Time for the whole campaign, including the time in a resumed journal. Once it is spent, each candidate gets only
  // its kLeastRepetitions in each cell.
  std::optional<Duration> budget;
  bool keep_budget = false;        // Leave out what does not fit. REQUIRES: there is one, and no shard.
  std::optional<TimePoint> begun;  // When this run began: the budget counts from here on. Absent: with the sweep.
  // The first plan within a budget, as soon as there is one. May be empty.
  std::function<void(const BudgetPlan&)> on_plan;
  std::function<void(const Progress&)> on_progress;  // After every sample and every imposed load. May be empty.
  std::function<TimePoint()> now = Clock::now;
};

// Runs the missing part of `journal`'s campaign. A cell that cannot be imposed (invalid) is left out, with its reason
// in the journal, unless it is the baseline. Returns invalid if the baseline could not be imposed or a measurement can
// never work; unavailable if one failed max_attempts times; true if the campaign is complete; false if it was stopped.
// On error and after a stop, the journal holds every sample so far. If the budget is kept: true if all was measured
// that fits; invalid, before the first measurement, if the least does not fit; unavailable if it took longer than was
// known before.
Result<bool> sweep(journal::Journal& journal, journal::Stage& stage, journal::Subject& subject,
                   const std::atomic<bool>& stop, const SweepOptions& options);

// Returns the number of measured pairs of cell and candidate with an interval wider than `interval`.
std::size_t wider_than(double interval, const journal::Measurements& measured);

}  // namespace tideline::campaign
