// Report: figures of replays, case by case and pooled, as text, JSON and a page.
//
// Pure functions. Thread-safe.
#pragma once

#include "policy/replay/replay.h"

#include <string>
#include <vector>

namespace tideline::replay {

// Figures of one policy over one table, one bandwidth and one CPU trace, by the names of these.
struct Case {
  std::string table;
  std::string bandwidth;
  std::string cpu;  // "idle" where there was no trace.
  Figures figures;
};

struct Regrets {
  double mean = 0, median = 0, p90 = 0, max = 0;
};
Regrets spread(std::vector<double> values);

// What one policy comes to over all cases; every case counts alike. Fixed plans are not pooled: each is another.
struct Pooled {
  std::string policy;
  std::size_t cases = 0;
  Regrets regret;                         // Per cent, over cases.
  std::array<double, 3> causal_median{};  // Of causal regret, in per cent, by kCausalAges.
  double mean_ms = 0;                     // Mean over cases of their means.
  double best_static_mean_ms = 0;         // Likewise of the plan that was best in hindsight, another one in each case.
  double worst_of_best_static = 0;        // The largest mean over that of the best static plan.
  std::size_t above_best_static = 0;      // Cases with a mean of over 1.1 times that.
};
std::vector<Pooled> pooled(const std::vector<Case>& cases);

std::string to_text(const std::vector<Case>& cases);
std::string to_json(const std::vector<Case>& cases);  // policy/replay/README.md has its fields.
std::string to_html(const std::vector<Case>& cases);  // One page that needs nothing else.

}  // namespace tideline::replay
