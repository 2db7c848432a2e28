// Replay report: figures of replays, case by case and pooled, as text, JSON and an HTML page.
//
// Pure functions. Thread-safe.
#pragma once

#include "policy/replay/replay.h"

#include <string>
#include <vector>

namespace tideline::replay {

// The figures of one policy over one table, one bandwidth trace and one CPU trace, with their names.
struct Case {
  std::string table;
  std::string bandwidth;
  std::string cpu;  // "idle" if there was no trace.
  Figures figures;
};

struct Regrets {
  double mean = 0, median = 0, p90 = 0, max = 0;
};
Regrets spread(std::vector<double> values);

// The result of one policy over all cases, with equal weights. Static plans are not pooled, as each is a different one.
struct Pooled {
  std::string policy;
  std::size_t cases = 0;
  Regrets regret;                         // Per cent, over cases.
  std::array<double, 3> causal_median{};  // Of causal regret, in per cent, by kCausalAges.
  double mean_ms = 0;                     // Mean over cases of their means.
  double best_static_mean_ms = 0;         // Mean over cases of the mean of the best static plan in hindsight.
  double worst_of_best_static = 0;        // The largest ratio of the mean to that of the best static plan.
  std::size_t above_best_static = 0;      // Cases with a ratio above 1.1.
};
std::vector<Pooled> pooled(const std::vector<Case>& cases);

std::string to_text(const std::vector<Case>& cases);
std::string to_json(const std::vector<Case>& cases);  // policy/replay/README.md describes its fields.
std::string to_html(const std::vector<Case>& cases);  // One self-contained page.

}  // namespace tideline::replay
