#include "policy/predict/certainty.h"

#include "policy/predict/calibration.h"
#include "policy/predict/envelope.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

namespace tideline::predict {
namespace {

constexpr double kZ975 = 1.96;  // Standard errors in half a 95 % interval.

double mean_of(const table::Estimate& e) {
  return seconds(e.mean.total());
}

constexpr double kUnknown = std::numeric_limits<double>::infinity();

double width_of(const table::Estimate& e) {
  if (!e.has_interval()) return kUnknown;
  return mean_of(e) > 0 ? seconds(e.ci95) / mean_of(e) : 0;
}

const table::Estimate& best_of(const table::Cell& cell) {
  return *std::ranges::min_element(cell.estimates, {}, mean_of);
}

// The half width of the interval of two means' difference.
double apart_at_least(const table::Estimate& a, const table::Estimate& b) {
  if (!a.has_interval() || !b.has_interval()) return kUnknown;
  return std::hypot(seconds(a.ci95), seconds(b.ci95));
}

// Returns E[max(0, Z - z)] of a standard normal Z.
double linear_loss(double z) {
  const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
  return density - z * std::erfc(z / std::numbers::sqrt2) / 2;
}

double loss_of(const table::Cell& cell) {
  const table::Estimate& best = best_of(cell);
  double most = 0;
  for (const table::Estimate& other : cell.estimates) {
    const double error = apart_at_least(best, other) / kZ975;
    if (&other != &best && !std::isfinite(error)) return kUnknown;
    if (&other != &best && error > 0)
      most = std::max(most, error * linear_loss((mean_of(other) - mean_of(best)) / error));
  }
  return mean_of(best) > 0 ? most / mean_of(best) : 0;
}

}  // namespace

std::optional<double> widest_interval(const table::PartitionTable& table) {
  const table::Cell& cell = table.unstressed();
  const auto uplink = measured_uplink(cell);
  std::vector<Line> lines;  // Seconds over the seconds of one bit.
  for (const table::Estimate& e : cell.estimates) {
    const double bits = static_cast<double>(e.wire.count) * 8;
    if (bits > 0 && !uplink) return std::nullopt;
    lines.push_back({seconds(e.mean.total()) - (bits > 0 ? bits / uplink->value : 0), bits});
  }
  const Envelope envelope(lines);
  double widest = 0;
  for (const std::size_t i : envelope.members()) {
    const table::Estimate& e = cell.estimates[i];
    if (!e.has_interval()) return std::nullopt;
    if (e.mean.total() > Duration{}) widest = std::max(widest, seconds(e.ci95) / seconds(e.mean.total()));
  }
  return widest;
}

std::vector<PlanCertainty> certainty_of_plans(const table::PartitionTable& table) {
  const std::vector<table::Estimate>& plans = table.unstressed().estimates;
  std::vector<PlanCertainty> all(plans.size());
  std::vector<std::vector<double>> widths(plans.size());
  for (const table::Cell& cell : table.cells()) {
    const table::Estimate& best = best_of(cell);
    for (std::size_t i = 0; i < plans.size(); ++i) {
      const table::Estimate& one = cell.estimates[i];
      widths[i].push_back(width_of(one));
      if (&one == &best) ++all[i].best;
      if (mean_of(one) - mean_of(best) <= apart_at_least(one, best)) ++all[i].may_be;
    }
  }
  for (std::size_t i = 0; i < plans.size(); ++i) {
    all[i].plan = &plans[i];
    const auto middle = widths[i].begin() + static_cast<std::ptrdiff_t>(widths[i].size() / 2);
    std::ranges::nth_element(widths[i], middle);
    all[i].interval = *middle;
  }
  return all;
}

std::vector<Doubt> doubts_of(const table::PartitionTable& table) {
  std::vector<Doubt> doubts;
  doubts.reserve(table.cells().size());
  for (const table::Cell& cell : table.cells()) doubts.push_back({&cell, loss_of(cell)});
  std::ranges::stable_sort(doubts, std::ranges::greater(), &Doubt::loss);
  return doubts;
}

}  // namespace tideline::predict
