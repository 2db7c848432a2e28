// Pair centres: reduces the readings of each item and condition to a robust centre and its variance; the first half of
// two_way.h. Pure functions. Thread-safe.
#pragma once

#include "profiler/fit/two_way.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tideline::fit {

struct Pair {
  std::uint32_t item = 0, condition = 0;
  std::vector<double> logs;  // Of the readings.
  double centre = 0;
  double variance = 0;  // Of the centre.
};

// Returns the pairs that have readings, by item and then condition. REQUIRES: the readings are positive.
std::vector<Pair> pairs_of(std::span<const Reading> readings);

// Returns true iff some pair has more than one reading.
bool repeated(std::span<const Pair> pairs);

// Returns the standard deviation of a reading about its pair's centre, from the differences within pairs; 0 without
// any.
double pooled_sd(std::span<const Pair> pairs);

// Sets centres and variances, given the standard deviation `sd` of one reading. Returns `sd`, raised to the clocks'
// accuracy.
double summarize(std::span<Pair> pairs, double sd);

}  // namespace tideline::fit
