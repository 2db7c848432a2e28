// By cell: a campaign's samples by cell and candidate, and the conditions of each cell. Pure functions. Thread-safe.
#pragma once

#include "profiler/journal/sample.h"
#include "runtime/base/result.h"

#include <cmath>
#include <span>
#include <vector>

namespace tideline::fit {

// The samples of one cell, by candidate.
using Measured = std::vector<std::vector<const journal::Sample*>>;

// Returns invalid if a sample does not belong to the campaign. The samples must outlive the result.
Result<std::vector<Measured>> by_cell(const journal::Context& context, std::span<const journal::Sample> samples);

template <typename Value>
std::vector<double> values(const std::vector<const journal::Sample*>& samples, Value value) {
  std::vector<double> found;
  found.reserve(samples.size());
  for (const journal::Sample* sample : samples) found.push_back(value(*sample));
  return found;
}

inline double ns(Duration time) {
  return static_cast<double>(time.count());
}
inline Duration rounded(double ns) {
  return Duration(std::llround(ns));
}

// Returns the sensors' medians over the samples of `cell`, and its slowdowns: the median over candidates of the median
// head (tail) time over that of the baseline.
plan::Conditions seen(const journal::Context& context, const Measured& cell, const Measured& baseline);

// Returns every cell that could not be imposed and was never measured, with the reason.
std::vector<table::LeftOut> left_out(const journal::Measurements& measured);

// Returns noise floor, drift, and the cells that were left out.
table::Quality quality_of(const journal::Measurements& measured);

}  // namespace tideline::fit
