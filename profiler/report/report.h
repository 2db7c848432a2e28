// Report: renders an analysis as one self-contained HTML page, for a screen, a phone or paper.
//
// All figures are visible without scripts; with scripts, the reader can view the times of every condition. All text
// from files is escaped. The constant parts of the page are in profiler/report/. A pure function. Thread-safe.
//
//   const Result<MeasurementSet> measured = read_study("outputs_alexnet");
//   if (!measured) return measured.error();
//   const Result<Analysis> found = analyse(*measured, {});
//   if (found) save(report_html(*measured, *found));
// files is escaped. What is the same in every report stands in profiler/report/. A pure function. Thread-safe.
#pragma once

#include "profiler/analysis/analysis.h"
#include "profiler/analysis/measurement_set.h"

#include <string>

namespace tideline::report {

std::string report_html(const analysis::MeasurementSet& measured, const analysis::Analysis& found);

}  // namespace tideline::report
