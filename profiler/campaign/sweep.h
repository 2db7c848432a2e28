// Sweep: measures what a campaign's design asks for, in an order that no drift can favour.
//
// Conditions outermost (imposing them is slow); within a cell the repetitions of all candidates are interleaved in
// seeded rounds, after one warm-up of each. Before all that, while nothing is imposed and nothing is timed, the
// agreement of each candidate is measured. A failed measurement is made again, with its reason in the journal, at
// most `max_attempts` times. Stops after the sample under way when `stop` turns true, leaving a valid journal.
#pragma once

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

namespace tideline {

struct SweepOptions {
  std::uint32_t max_attempts = 5;
  // Relative half width of the mean's interval that is enough. Absent: as many repetitions as the context says.
  std::optional<double> interval;
  // For the whole campaign, what a resumed journal holds included. When it is spent, each candidate still gets its
  // kLeastRepetitions in each cell, and no more.
  std::optional<Duration> budget;
  std::function<void(const Progress&)> on_progress;  // After every sample and every imposition. May be empty.
  std::function<TimePoint()> now = Clock::now;
};

// Runs what of `journal`'s campaign is still missing. A cell that cannot be imposed (invalid) is left out, with its
// reason in the journal, unless it is the baseline. Returns invalid when that could not be imposed or a measurement can
// never work, unavailable when one failed max_attempts times; true when the campaign is complete and false when it was
// stopped. On error and when stopped the journal holds every sample taken so far.
Result<bool> sweep(Journal& journal, Stage& stage, Subject& subject, const std::atomic<bool>& stop,
                   const SweepOptions& options);

// Returns how many of the candidates in cells that were measured have an interval wider than `interval`.
std::size_t wider_than(double interval, const Measurements& measured);

}  // namespace tideline
