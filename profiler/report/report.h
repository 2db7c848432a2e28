// The report of an analysis: one HTML page that needs nothing else, to read on a screen, a phone or paper.
//
// Without scripts all figures are there; with them the time of every condition can be looked at. All that comes from
// files is escaped. What is the same in every report stands in profiler/report/. A pure function. Thread-safe.
#pragma once

#include "profiler/analysis/analysis.h"
#include "profiler/analysis/measurement_set.h"

#include <string>

namespace tideline {

std::string report_html(const MeasurementSet& measured, const Analysis& found);

}  // namespace tideline
