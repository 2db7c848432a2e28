// Analysis print: formats the result of --analyse as text, JSON and CSV. Pure functions.
#pragma once

#include "profiler/analysis/analysis.h"
#include "profiler/analysis/measurement_set.h"

#include <string>

namespace tideline::print {

std::string analysis_text(const analysis::MeasurementSet& measured,
                          const analysis::Analysis& found);  // Within 100 columns.
std::string analysis_json(const analysis::MeasurementSet& measured, const analysis::Analysis& found);
std::string analysis_csv(const analysis::MeasurementSet& measured,
                         const analysis::Analysis& found);  // RFC 4180, one line per condition.

}  // namespace tideline::print
