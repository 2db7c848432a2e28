// Conclusion: an analysis in words. Pure functions. Thread-safe.
#pragma once

#include "profiler/analysis/analysis.h"
#include "profiler/analysis/measurement_set.h"

#include <string>

namespace tideline::analysis {

std::string percent(double share);  // "6.6 %"; at most three significant digits.

// Returns one sentence: the gain of moving the cut over the best plan that stays.
std::string conclusion(const MeasurementSet& measured, const Analysis& found);
// Returns the next sentence: the raw figures, and how much of them is noise.
std::string caution(const Analysis& found);

}  // namespace tideline::analysis
