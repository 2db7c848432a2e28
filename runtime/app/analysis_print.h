// What --analyse prints, and what it writes for spreadsheets. Pure functions.
#pragma once

#include "profiler/analysis.h"
#include "profiler/measurements.h"

#include <string>

namespace tideline {

std::string analysis_text(const Measurements& measured, const Analysis& found);  // Within 100 columns.
std::string analysis_json(const Measurements& measured, const Analysis& found);
std::string analysis_csv(const Measurements& measured, const Analysis& found);  // RFC 4180, a line per condition.

}  // namespace tideline
