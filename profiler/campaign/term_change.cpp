#include "profiler/campaign/term_change.h"

#include "profiler/fit/anchors.h"
#include "profiler/fit/robust.h"
#include "profiler/fit/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace tideline::campaign {
namespace {

constexpr double kCertain = 4;           // Standard errors.
constexpr double kUsualFloor = 0.02;     // Noise floor of a campaign without anchors.
constexpr double kMedianError = 1.2533;  // Standard error of a median, over that of a mean, for normal noise.
constexpr double kFewReadings =
    1.25;  // The median deviation from a median of some five readings is that much too small.

using Logs = std::vector<double>;
using ByCandidate = std::map<std::uint32_t, Logs>;

double log_of(Duration time) {
  return std::log(seconds(std::max(time, kShortest)));
}

// The term's logarithms by candidate, in one cell.
ByCandidate logs_in(const journal::Measurements& measured, std::uint32_t cell, Duration table::Terms::* term) {
  ByCandidate logs;
  for (const journal::Sample& s : measured.samples)
    if (s.cell == cell) logs[s.candidate].push_back(log_of(s.terms.*term));
  return logs;
}

bool is_short(const Logs& logs) {
  return fit::median(logs) <= log_of(kShortest);
}

// The difference of two medians, and its standard error without the noise floor.
struct Difference {
  double value = 0;
  double error = 0;
};

void add_deviations(const ByCandidate& logs, std::vector<double>& deviations) {
  for (const auto& [candidate, readings] : logs) {
    if (readings.size() < 3) continue;
    const double centre = fit::median(readings);
    for (const double reading : readings) deviations.push_back(std::abs(reading - centre));
  }
}

double spread_in(const ByCandidate& before, const ByCandidate& now) {
  std::vector<double> deviations;
  add_deviations(before, deviations);
  add_deviations(now, deviations);
  return deviations.empty() ? 0 : fit::kMadToSd * kFewReadings * fit::median(deviations);
}

// By candidate that was measured both times.
std::map<std::uint32_t, Difference> differences(const ByCandidate& before, const ByCandidate& now) {
  const double sd = spread_in(before, now);
  std::map<std::uint32_t, Difference> found;
  for (const auto& [candidate, logs] : now) {
    const auto old = before.find(candidate);
    if (old == before.end() || (is_short(logs) && is_short(old->second))) continue;
    const double counts = 1 / static_cast<double>(logs.size()) + 1 / static_cast<double>(old->second.size());
    found[candidate] = {fit::median(logs) - fit::median(old->second), kMedianError * sd * std::sqrt(counts)};
  }
  return found;
}

bool certain(const Difference& difference, double floor, double least) {
  return std::abs(difference.value) > std::max(std::log(least), kCertain * std::hypot(difference.error, floor));
}

// The median of several differences. Its own error is that of a mean of them, times kMedianError.
Difference middle_of(const std::map<std::uint32_t, Difference>& all) {
  std::vector<double> values, errors;
  for (const auto& [candidate, one] : all) {
    values.push_back(one.value);
    errors.push_back(one.error);
  }
  if (values.empty()) return {};
  return {fit::median(values), kMedianError * fit::median(errors) / std::sqrt(static_cast<double>(values.size()))};
}

bool is_of(Stressed side, const fit::Sides& sides, std::uint32_t cell) {
  if (side == Stressed::edge) return sides.only_edge(cell);
  return side == Stressed::link ? sides.only_link(cell) : sides.only_cloud(cell);
}

// A stress multiplies head and tail, whatever the codec: so the probe's candidates, which may be others of the same
// cuts, are compared relative to their own times in the baseline, all cuts together.
Logs relative(const ByCandidate& there, const ByCandidate& baseline) {
  Logs all;
  for (const auto& [candidate, logs] : there)
    if (const auto base = baseline.find(candidate); base != baseline.end() && !is_short(base->second))
      all.push_back(fit::median(logs) - fit::median(base->second));
  return all;
}

Difference of_effects(const Logs& before, const Logs& now) {
  if (before.empty() || now.empty()) return {};
  const auto error = [](const Logs& logs) {
    return kMedianError * kFewReadings * fit::spread_of(logs).sd / std::sqrt(static_cast<double>(logs.size()));
  };
  return {fit::median(now) - fit::median(before), std::hypot(error(before), error(now))};
}

}  // namespace

SideChange change_of_term(const Probed& probed, Duration table::Terms::* term, Stressed side) {
  const double floor = fit::noise_floor(probed.measured.anchors).value_or(kUsualFloor);
  const ByCandidate before = logs_in(probed.measured, 0, term), now = logs_in(probed.probe, 0, term);
  const auto in_baseline = differences(before, now);
  SideChange change{.factor = std::exp(middle_of(in_baseline).value)};
  change.itself = certain(middle_of(in_baseline), floor, kLeastOfAll);
  for (const auto& [candidate, one] : in_baseline) change.itself |= certain(one, floor, kLeastOfOne);
  for (std::uint32_t cell = 1; cell < probed.cells.size(); ++cell) {
    if (!is_of(side, probed.sides, cell)) continue;
    const ByCandidate old = logs_in(probed.measured, probed.cells[cell], term),
                      fresh = logs_in(probed.probe, cell, term);
    const Difference effect = side == Stressed::link ? middle_of(differences(old, fresh))
                                                     : of_effects(relative(old, before), relative(fresh, now));
    change.stressed |= certain(effect, 2 * floor, kLeastOfOne);
  }
  return change;
}

}  // namespace tideline::campaign
