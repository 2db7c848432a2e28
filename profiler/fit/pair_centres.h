// The readings of each item under each condition, as one robust centre and its variance; the first half of two_way.h.
// Pure functions.
#pragma once

#include "profiler/fit/two_way.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tideline {

struct Pair {
  std::uint32_t item = 0, condition = 0;
  std::vector<double> logs;  // Of the readings.
  double centre = 0;
  double variance = 0;  // Of the centre.
};

// Returns the pairs that were read, by item and then condition. REQUIRES: the readings are positive.
std::vector<Pair> pairs_of(std::span<const Reading> readings);

// Returns whether any pair was read more than once.
bool repeated(std::span<const Pair> pairs);

// Returns the standard deviation of a reading about its pair's centre, from the differences within pairs; 0 without
// any.
double pooled_sd(std::span<const Pair> pairs);

// Sets centres and variances by the standard deviation `sd` of one reading; returns it, raised to what clocks can tell.
double summarize(std::span<Pair> pairs, double sd);

}  // namespace tideline
