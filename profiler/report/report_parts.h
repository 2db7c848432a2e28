// Report parts: the sections of the report, as HTML. Pure functions. Thread-safe.
#pragma once

#include "profiler/analysis/analysis.h"
#include "profiler/analysis/measurement_set.h"

#include <string>
#include <string_view>
#include <vector>

namespace tideline::report {

// The terms that a measurement set distinguishes, in the order of stacking.
struct TermName {
  std::string_view words;  // "network"
  std::string_view style;  // Class in style.css.
  Duration table::Terms::* term;
};
std::vector<TermName> term_names(const analysis::MeasurementSet& measured);
// The mean time of each term; NaN if it was not measured. By condition, then plan, then term.
std::vector<double> mean_terms(const analysis::MeasurementSet& measured);

std::string key_figures(const analysis::MeasurementSet& measured, const analysis::Analysis& found);
std::string gains_section(const analysis::MeasurementSet& measured, const analysis::Analysis& found);
std::string map_section(const analysis::MeasurementSet& measured, const analysis::Analysis& found);
std::string stacks_section(const analysis::MeasurementSet& measured, const analysis::Analysis& found);
std::string variance_section(const analysis::Analysis& found);
std::string noise_section(const analysis::Analysis& found);
std::string break_even_section(const analysis::Analysis& found);

// A whole section, with its heading; empty if it is not known what plans send or lose.
std::string loss_section(const analysis::MeasurementSet& measured);

// The data of the script: JSON that is safe inside a script element.
std::string report_data(const analysis::MeasurementSet& measured, const analysis::Analysis& found);

}  // namespace tideline::report
