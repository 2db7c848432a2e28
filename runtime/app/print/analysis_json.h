// Formats the result of --analyse as JSON. Pure.
#pragma once

#include "profiler/analysis/analysis.h"
#include "profiler/analysis/measurement_set.h"

#include <string>

namespace tideline::print {

std::string analysis_json(const analysis::MeasurementSet& measured, const analysis::Analysis& found);

}  // namespace tideline::print
