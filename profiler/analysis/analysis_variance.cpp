// The variance that each condition causes: sums of squares of log latency over the factors (Fisher's analysis of
// variance).
#include "profiler/analysis/analysis_parts.h"
#include "profiler/analysis/axes.h"
#include "profiler/fit/statistics.h"

#include <cmath>

namespace tideline::analysis {
namespace {

// Sums and counts of values in groups.
class Groups {
 public:
  explicit Groups(std::size_t count) : sums_(count), counts_(count) {}

  void add(std::size_t group, double value) {
    sums_[group] += value;
    ++counts_[group];
  }
  double mean(std::size_t group) const { return counts_[group] == 0 ? 0 : sums_[group] / counts_[group]; }
  double count(std::size_t group) const { return counts_[group]; }
  std::size_t size() const { return sums_.size(); }

 private:
  std::vector<double> sums_;
  std::vector<double> counts_;
};

struct Logs {
  std::vector<double> value;  // Minus the mean of all.
  std::vector<std::size_t> condition, plan;
};

Logs logs_of(const TimeTable& raw) {
  Logs logs;
  for (std::size_t c = 0; c < raw.conditions(); ++c)
    for (std::size_t p = 0; p < raw.plans(); ++p)
      if (raw.has(c, p)) {
        logs.value.push_back(std::log(raw.at(c, p)));
        logs.condition.push_back(c);
        logs.plan.push_back(p);
      }
  const double grand = fit::mean(logs.value);
  for (double& value : logs.value) value -= grand;
  return logs;
}

double squares(const Groups& groups) {
  double sum = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) sum += groups.count(g) * groups.mean(g) * groups.mean(g);
  return sum;
}

// Exact if every plan was measured under every condition of a full grid; approximate if little is missing.
Factor factor(std::size_t axis, const Levels& levels, const Logs& logs, const Groups& plans) {
  Groups alone(levels.names.size()), both(levels.names.size() * plans.size());
  for (std::size_t i = 0; i < logs.value.size(); ++i) {
    const std::size_t level = levels.of[logs.condition[i]];
    alone.add(level, logs.value[i]);
    both.add(level * plans.size() + logs.plan[i], logs.value[i]);
  }
  double with_plan = 0;
  for (std::size_t level = 0; level < alone.size(); ++level)
    for (std::size_t plan = 0; plan < plans.size(); ++plan) {
      const std::size_t g = level * plans.size() + plan;
      const double away = both.mean(g) - alone.mean(level) - plans.mean(plan);
      with_plan += both.count(g) * away * away;
    }
  return {axis_name(axis), squares(alone), with_plan};
}

}  // namespace

Variance explained(const MeasurementSet& measured, const TimeTable& raw) {
  const Logs logs = logs_of(raw);
  double total = 0;
  for (const double value : logs.value) total += value * value;
  if (!(total > 0)) return {};
  Groups plans(raw.plans());
  for (std::size_t i = 0; i < logs.value.size(); ++i) plans.add(logs.plan[i], logs.value[i]);
  Variance found{.plan = squares(plans) / total, .rest = 1 - squares(plans) / total};
  for (std::size_t axis = 0; axis < kAxes; ++axis) {
    const Levels levels = levels_of(measured.conditions, axis);
    if (levels.names.size() < 2) continue;
    Factor one = factor(axis, levels, logs, plans);
    one.alone /= total;
    one.with_plan /= total;
    found.rest -= one.alone + one.with_plan;
    found.factors.push_back(one);
  }
  found.rest = std::max(found.rest, 0.0);
  return found;
}

}  // namespace tideline::analysis
