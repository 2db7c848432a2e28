#include "profiler/fit/term_fit.h"

#include "profiler/fit/by_cell.h"
#include "profiler/fit/robust.h"
#include "profiler/fit/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace tideline::fit {
namespace {

constexpr double kNothing = 2000;  // Nanoseconds below which a term is only overhead, independent of a machine's speed.
constexpr double kCertainly = 2.5;  // Minimum of another side's effect, in standard errors.
constexpr double kVisits = 2;       // Of a cell, half a campaign apart.

using ByItem = std::map<std::uint32_t, std::vector<double>>;

// Returns the term's times, by item and winsorised, in the cells that `counts` selects.
template <typename Counts>
ByItem times_where(const TermFit::What& what, std::span<const journal::Sample> samples, Counts counts) {
  ByItem times;
  for (const journal::Sample& s : samples)
    if (counts(s.cell) && s.terms.*what.term > Duration::zero())
      times[what.item[s.candidate]].push_back(ns(s.terms.*what.term));
  for (auto& [item, taken] : times) taken = winsorised(taken);
  return times;
}

// Returns by how much the logarithm of the mean of `there` exceeds that of `here`, over their common items, if this is
// certain. An item's readings are one piece of evidence (the ratio estimator's error of Cochran, "Sampling Techniques",
// 1977).
double effect(const ByItem& here, const ByItem& there, double floor) {
  std::vector<std::pair<double, double>> sums;  // Of an item's times there, and of as many here.
  double taken = 0, usual = 0;
  for (const auto& [item, times] : there) {
    const auto found = here.find(item);
    if (found == here.end() || mean(found->second) < kNothing) continue;
    const auto count = static_cast<double>(times.size());
    sums.emplace_back(mean(times) * count, mean(found->second) * count);
    taken += sums.back().first;
    usual += sums.back().second;
  }
  if (sums.empty()) return 0;
  double squares = 0;
  for (const auto& [longer, expected] : sums) squares += std::pow(longer - taken / usual * expected, 2);
  const auto n = static_cast<double>(sums.size());
  if (sums.size() > 1) squares *= n / (n - 1);
  const double error = std::hypot(std::sqrt(squares) / taken, floor / std::sqrt(kVisits));
  const double by = std::log(taken / usual);
  return std::abs(by) > kCertainly * error ? shrunk(by, error) : 0;
}

}  // namespace

double shrunk(double effect, double error) {
  if (effect == 0) return 0;
  return effect * std::max(0.0, 1 - error * error / (effect * effect));
}

TermFit TermFit::fit(const What& what, const Sides& sides, std::span<const journal::Sample> samples,
                     const journal::Kept& kept, double floor) {
  TermFit model;
  model.sides_ = sides;
  model.side_ = what.own;
  model.fit_own_side(what, samples);
  model.fit_other_sides(what, samples, kept, floor);
  return model;
}

void TermFit::fit_own_side(const What& what, std::span<const journal::Sample> samples) {
  const bool edge = side_ == Own::edge;
  std::map<std::uint32_t, std::vector<double>> times;  // By candidate, in the baseline.
  for (const journal::Sample& s : samples)
    if (s.cell == 0) times[s.candidate].push_back(ns(s.terms.*what.term));
  std::map<std::uint32_t, std::uint32_t> items, conditions;
  item_.assign(what.item.size(), kNone);
  constant_.resize(what.item.size());
  for (const auto& [candidate, taken] : times) {
    if (median(taken) < kNothing)
      constant_[candidate] = median(taken);
    else
      item_[candidate] = items.emplace(what.item[candidate], static_cast<std::uint32_t>(items.size())).first->second;
  }
  condition_.assign(edge ? sides_.edges : sides_.clouds, kNone);
  conditions[own(0)] = condition_[own(0)] = 0;
  std::vector<Reading> readings;
  for (const journal::Sample& s : samples) {
    const bool alone = edge ? sides_.only_edge(s.cell) : sides_.only_cloud(s.cell);
    if (!alone || item_[s.candidate] == kNone || s.terms.*what.term <= Duration::zero()) continue;
    const auto next = static_cast<std::uint32_t>(conditions.size());
    condition_[own(s.cell)] = conditions.emplace(own(s.cell), next).first->second;
    readings.push_back({item_[s.candidate], condition_[own(s.cell)], ns(s.terms.*what.term)});
  }
  if (!readings.empty())
    fit_ =
        MeanFit::fit(readings, static_cast<std::uint32_t>(items.size()), static_cast<std::uint32_t>(conditions.size()));
  else  // The term takes almost no time: any condition is covered.
    std::fill(condition_.begin(), condition_.end(), 0u);
}

void TermFit::fit_other_sides(const What& what, std::span<const journal::Sample> samples, const journal::Kept& kept,
                              double floor) {
  const bool edge = side_ == Own::edge;
  const auto is_baseline = [](std::uint32_t cell) { return cell == 0; };
  const ByItem baseline = times_where(what, samples, is_baseline), former = times_where(what, kept.former, is_baseline);
  const auto effect_where = [&](auto counts) {
    const auto of_kept = [&](std::uint32_t cell) { return counts(cell) && kept.holds(cell); };
    const ByItem before = times_where(what, samples, of_kept);
    return before.empty() ? effect(baseline, times_where(what, samples, counts), floor) : effect(former, before, floor);
  };
  for (std::uint32_t k = 0; k < (edge ? sides_.clouds : sides_.edges); ++k)
    by_other_.push_back(effect_where([&](std::uint32_t cell) {
      return edge ? sides_.only_cloud(cell) && sides_.cloud[cell] == k
                  : sides_.only_edge(cell) && sides_.edge[cell] == k;
    }));
  for (std::uint32_t k = 0; k < sides_.links; ++k)
    by_link_.push_back(
        effect_where([&](std::uint32_t cell) { return sides_.only_link(cell) && sides_.link[cell] == k; }));
  by_other_.front() = by_link_.front() = 0;
}

std::uint32_t TermFit::own(std::uint32_t cell) const {
  return side_ == Own::edge ? sides_.edge[cell] : sides_.cloud[cell];
}

double TermFit::other(std::uint32_t cell) const {
  return by_other_[side_ == Own::edge ? sides_.cloud[cell] : sides_.edge[cell]];
}

bool TermFit::covers(std::uint32_t cell, std::uint32_t candidate) const {
  if (constant_[candidate]) return true;
  return item_[candidate] != kNone && condition_[own(cell)] != kNone;
}

double TermFit::interaction(std::uint32_t cell, std::uint32_t candidate) const {
  if (constant_[candidate] || !fit_) return 0;
  return std::log(fit_->slowdown(condition_[own(cell)])) * other(cell);
}

double TermFit::predict(std::uint32_t cell, std::uint32_t candidate) const {
  if (constant_[candidate]) return *constant_[candidate];
  const double alone = fit_->predict(item_[candidate], condition_[own(cell)]);
  return alone * std::exp(other(cell) + by_link_[sides_.link[cell]] + coefficient_ * interaction(cell, candidate));
}

double TermFit::standard_error(std::uint32_t cell, std::uint32_t candidate) const {
  if (constant_[candidate]) return 0;
  return predict(cell, candidate) * fit_->standard_error(item_[candidate], condition_[own(cell)]);
}

double TermFit::slowdown(std::uint32_t cell) const {
  if (!fit_ || condition_[own(cell)] == kNone) return 1;
  const double own_side = std::log(fit_->slowdown(condition_[own(cell)]));
  return std::exp(own_side + other(cell) + by_link_[sides_.link[cell]] + coefficient_ * own_side * other(cell));
}

}  // namespace tideline::fit
