// An analysis in words. Pure functions.
#pragma once

#include "profiler/analysis/analysis.h"
#include "profiler/analysis/measurement_set.h"

#include <string>

namespace tideline {

std::string percent(double share);  // "6.6 %"; three digits at most, and none that mislead.

// One sentence: what moving the cut is worth beside the best one that stays.
std::string conclusion(const MeasurementSet& measured, const Analysis& found);
// The sentence after it: what the raw figures say, and how much of that is noise.
std::string caution(const Analysis& found);

}  // namespace tideline
