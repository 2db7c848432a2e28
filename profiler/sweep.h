// Sweep: measures every candidate in every cell, in an order that no drift can favour.
//
// Conditions outermost (imposing them is slow); within a cell the repetitions of all candidates are interleaved in a
// seeded shuffle, after one warm-up of each. Before all that, while nothing is imposed and nothing is timed, the
// agreement of each candidate is measured. A failed measurement is made again, with its reason in the journal, at
// most `max_attempts` times. Stops after the sample under way when `stop` turns true, leaving a valid journal.
#pragma once

#include "profiler/journal.h"
#include "profiler/sample.h"
#include "profiler/subject.h"
#include "runtime/base/result.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace tideline {

struct Step {
  std::uint32_t candidate = 0;
  std::uint32_t repetition = 0;

  bool operator==(const Step&) const = default;
};

// Returns the order in which `cell` is measured: a permutation of candidates x repetitions, the same for the same seed.
std::vector<Step> schedule(const Context& context, std::uint32_t cell);

struct Progress {
  std::uint32_t cell = 0;
  std::uint32_t cells = 0;
  Stress asked;
  std::uint64_t done = 0;  // Samples, those of a resumed journal included.
  std::uint64_t total = 0;
  std::uint64_t failed = 0;  // Attempts that had to be made again.
  std::optional<Duration> remaining;
};

struct SweepOptions {
  std::uint32_t max_attempts = 5;
  std::function<void(const Progress&)> on_progress;  // After every sample and every imposition. May be empty.
};

// Runs what of `journal`'s campaign is still missing. Returns invalid when a cell could not be imposed or a measurement
// can never work, unavailable when one failed max_attempts times; true when the campaign is complete and false when it
// was stopped. On error and when stopped the journal holds every sample taken so far.
Result<bool> sweep(Journal& journal, Stage& stage, Subject& subject, const std::atomic<bool>& stop,
                   const SweepOptions& options);

}  // namespace tideline
