// WorkFunction: decides when to switch plans if a switch has a cost.
//
// This is a metrical task system on the uniform metric (Borodin, Linial, Saks, "An optimal on-line algorithm for
// metrical task systems", JACM 1992). W[j] is the smallest cost of serving all requests so far and ending in plan j.
// The function switches to the plan with the smallest W once W of the current plan has reached its maximum: the
// smallest W plus the cost of a switch. For two plans the cost is at most three times the optimum in hindsight. A
// value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace tideline::decide {

struct WorkFunction {
  std::vector<double> work;  // By place of the plan, in seconds; the smallest is zero. Empty before the first step.

  // Adds the cost of one request by each plan. Returns the place to serve by from now on: `current`, or another place
  // with a finite cost once the work of `current` has reached `switching`. REQUIRES: current < costs.size(), some cost
  // is finite, switching > 0.
  std::size_t step(std::span<const double> costs, double switching, std::size_t current) {
    if (work.size() != costs.size()) work.assign(costs.size(), 0);
    for (std::size_t j = 0; j < work.size(); ++j) work[j] += costs[j];
    const double least = *std::ranges::min_element(work);
    for (double& w : work) w = std::min(w - least, switching);
    if (work[current] < switching) return current;
    return static_cast<std::size_t>(std::ranges::min_element(work) - work.begin());
  }

  bool operator==(const WorkFunction&) const = default;
};

}  // namespace tideline::decide
