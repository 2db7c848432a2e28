// Formats the result of --analyse as CSV (RFC 4180), one line per condition. Pure.
#pragma once

#include "profiler/analysis/analysis.h"
#include "profiler/analysis/measurement_set.h"

#include <string>

namespace tideline::print {

std::string analysis_csv(const analysis::MeasurementSet& measured, const analysis::Analysis& found);

}  // namespace tideline::print
