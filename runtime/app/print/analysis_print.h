// Analysis print: formats the result of --analyse as text, JSON and CSV. Pure functions.
#pragma once

#include "profiler/analysis/analysis.h"
#include "profiler/analysis/measurement_set.h"

#include <string>

namespace tideline {

std::string analysis_text(const MeasurementSet& measured, const Analysis& found);  // Within 100 columns.
std::string analysis_json(const MeasurementSet& measured, const Analysis& found);
std::string analysis_csv(const MeasurementSet& measured, const Analysis& found);  // RFC 4180, one line per condition.

}  // namespace tideline
