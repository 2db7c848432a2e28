// Analysis parts: the steps of an analysis, which analysis.h combines. Pure functions. Thread-safe.
#pragma once

#include "profiler/analysis/analysis.h"
#include "profiler/fit/random.h"

#include <span>
#include <vector>

namespace tideline::analysis {

TimeTable raw_times(const MeasurementSet& measured, std::span<const PartReading> readings);

// REQUIRES: `paid` is not empty.
Gains spread_of_gains(std::span<const PaidTimes> paid, std::uint64_t seed);

// Returns for every plan the probability that it is the best under `condition`.
std::vector<double> chances_of_best(const Denoised& denoised, std::size_t condition, fit::Random& random);

// Choices by one part of the measurements, to be tested on the other part.
struct CrossChecked {
  TimeTable times;                   // The held-out measurements.
  std::vector<bool> holds;           // By condition: whether it has held-out measurements.
  std::vector<std::uint32_t> plans;  // By condition: the best plan by the fit of the rest.
  std::uint32_t unstressed = 0;      // The best plan of the first condition, by the same fit.
  std::uint32_t best_static = 0;     // The best static plan, by the same fit.
};
// Cross-validates over parts of the conditions. If the rest does not determine every plan and condition, it uses parts
// of the repetitions instead. Returns nothing if that fails, too.
std::vector<CrossChecked> held_out(const MeasurementSet& measured, std::span<const PartReading> readings,
                                   std::uint64_t seed);

Variance explained(const MeasurementSet& measured, const TimeTable& raw);

NoiseFloor noise_floor(const MeasurementSet& measured, std::span<const PartReading> readings, const Analysis& analysis,
                       std::uint64_t seed);

}  // namespace tideline::analysis
