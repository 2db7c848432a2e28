// The steps of an analysis; analysis.h puts them together. Pure functions.
#pragma once

#include "profiler/analysis/analysis.h"
#include "profiler/fit/random.h"

#include <span>
#include <vector>

namespace tideline {

TimeTable raw_times(const MeasurementSet& measured, std::span<const PartReading> readings);

// REQUIRES: `paid` is not empty.
Gains spread_of_gains(std::span<const PaidTimes> paid, std::uint64_t seed);

// For every plan, how probable it is that it is the best under `condition`.
std::vector<double> chances_of_best(const Denoised& denoised, std::size_t condition, Random& random);

// Choices that have not seen the measurements that they are to be tried on.
struct CrossChecked {
  TimeTable times;                   // What was held out, as measured.
  std::vector<bool> holds;           // By condition: whether some of it was.
  std::vector<std::uint32_t> plans;  // By condition: the best by the fit of the rest; so the next two.
  std::uint32_t unstressed = 0;
  std::uint32_t best_static = 0;
};
// Leaves out one part of the conditions after the other; where the rest does not tell of every condition, one of the
// repetitions after the other; none where that does not go either.
std::vector<CrossChecked> held_out(const MeasurementSet& measured, std::span<const PartReading> readings, std::uint64_t seed);

Variance explained(const MeasurementSet& measured, const TimeTable& raw);

NoiseFloor noise_floor(const MeasurementSet& measured, std::span<const PartReading> readings, const Analysis& analysis,
                       std::uint64_t seed);

}  // namespace tideline
