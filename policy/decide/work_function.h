// Work function: when to switch where switching costs something.
//
// Metrical task system on the uniform metric (Borodin, Linial, Saks, "An optimal on-line algorithm for metrical task
// systems", JACM 1992). W[j] is what the best way of serving all requests so far has cost that ends in plan j; it moves
// to the plan with the least W once W of the current one is as high as it can get, the least W plus the cost of a
// switch. For two plans this costs at most three times what the best way in hindsight does. A value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace tideline {

struct WorkFunction {
  std::vector<double> work;  // By place of the plan; empty before the first step. In seconds, the least is zero.

  // Adds what each plan would have cost for one request, and returns the place to serve by from now on, of those with
  // finite costs: `current`, or another once that one's work says so. REQUIRES: current < costs.size(), some cost is
  // finite, switching > 0.
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

}  // namespace tideline
