// LossPlot: draws what plans keep of the answers by what they send: a line for each cut, and one for JPEGs.
//
// A pure function. Thread-safe.
#pragma once

#include "policy/plan/accuracy.h"
#include "profiler/analysis/measurement_set.h"

#include <optional>
#include <span>
#include <string>

namespace tideline::report {

// What a plan keeps: a share, and the counts behind it. Rows of one answer are not independent, so the agreement has no
// counts, and no interval.
struct Kept {
  double share = 0;
  std::optional<plan::Counted> counted{};

  double lowest() const { return counted ? interval_of(*counted).low : share; }
};

// REQUIRES of a plot: the plan is known to send something.
struct LossPoint {
  const analysis::MeasuredPlan* plan = nullptr;
  Kept kept;
};

struct LossPlot {
  std::string id;     // Unique within the page.
  std::string words;  // What is kept.
  std::span<const LossPoint> points;
  std::optional<double> whole{};  // The share of the network in fp32; absent: none is drawn.
};

// Returns a figure. REQUIRES: there is a point.
std::string loss_figure(const LossPlot& plot);

}  // namespace tideline::report
