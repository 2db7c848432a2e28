#include "profiler/fit/term_fit.h"

#include "profiler/fit/by_cell.h"
#include "profiler/fit/robust.h"
#include "profiler/fit/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace tideline::fit {
namespace {

constexpr double kNothing = 2000;  // Nanoseconds below which a term is only overhead, independent of a machine's speed.

using ByItem = std::map<std::uint32_t, std::vector<double>>;

// Returns the logarithms of the term, by item, in the cells that `counts` selects.
template <typename Counts>
ByItem logs_where(const TermFit::What& what, std::span<const journal::Sample> samples, Counts counts) {
  ByItem logs;
  for (const journal::Sample& s : samples)
    if (counts(s.cell) && s.terms.*what.term > Duration::zero())
      logs[what.item[s.candidate]].push_back(std::log(ns(s.terms.*what.term)));
  return logs;
}

// Returns by how much the logarithms of `there` exceed those of `here`, over their common items.
double effect(const ByItem& here, const ByItem& there) {
  std::vector<double> differences;
  for (const auto& [item, logs] : there)
    if (const auto found = here.find(item); found != here.end() && median(found->second) > std::log(kNothing))
      differences.push_back(median(logs) - median(found->second));
  if (differences.empty()) return 0;
  const Spread spread = spread_of(differences);
  return shrunk(spread.centre, std::max(0.005, spread.sd) / std::sqrt(static_cast<double>(differences.size())));
}

// Returns the readings with the outliers of each pair winsorised.
std::vector<Reading> tamed(std::span<const Reading> readings) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<double>> pairs;
  for (const Reading& r : readings) pairs[{r.item, r.condition}].push_back(r.value);
  std::vector<Reading> tame;
  for (const auto& [pair, values] : pairs)
    for (const double value : winsorised(values)) tame.push_back({pair.first, pair.second, value});
  return tame;
}

}  // namespace

double shrunk(double effect, double error) {
  if (effect == 0) return 0;
  return effect * std::max(0.0, 1 - error * error / (effect * effect));
}

Result<TermFit> TermFit::fit(const What& what, const Sides& sides, std::span<const journal::Sample> samples,
                             const journal::Kept& kept) {
  TermFit model;
  model.sides_ = sides;
  model.side_ = what.own;
  const bool edge = what.own == Own::edge;
  const auto alone = [&](std::uint32_t cell) { return edge ? sides.only_edge(cell) : sides.only_cloud(cell); };
  std::map<std::uint32_t, std::vector<double>> times;  // By candidate, in the baseline.
  for (const journal::Sample& s : samples)
    if (s.cell == 0) times[s.candidate].push_back(ns(s.terms.*what.term));

  std::map<std::uint32_t, std::uint32_t> items, conditions;
  model.item_.assign(what.item.size(), kNone);
  model.constant_.resize(what.item.size());
  for (const auto& [candidate, taken] : times) {
    if (median(taken) < kNothing)
      model.constant_[candidate] = median(taken);
    else
      model.item_[candidate] =
          items.emplace(what.item[candidate], static_cast<std::uint32_t>(items.size())).first->second;
  }
  model.condition_.assign(edge ? sides.edges : sides.clouds, kNone);
  std::vector<Reading> readings;
  for (const journal::Sample& s : samples) {
    if (!alone(s.cell) || model.item_[s.candidate] == kNone || s.terms.*what.term <= Duration::zero()) continue;
    const auto next = static_cast<std::uint32_t>(conditions.size());
    const std::uint32_t condition = conditions.emplace(model.own(s.cell), next).first->second;
    model.condition_[model.own(s.cell)] = condition;
    readings.push_back({model.item_[s.candidate], condition, ns(s.terms.*what.term)});
  }
  if (!readings.empty()) {
    auto fitted =
        fit_two_way(readings, static_cast<std::uint32_t>(items.size()), static_cast<std::uint32_t>(conditions.size()));
    if (!fitted) return fitted.error();
    model.fit_ = *std::move(fitted);
    model.conditions_ = static_cast<std::uint32_t>(conditions.size());
    model.ratios_ =
        mean_ratios(*model.fit_, tamed(readings), static_cast<std::uint32_t>(items.size()), model.conditions_);
  } else {
    // The term takes almost no time: any condition is covered.
    std::fill(model.condition_.begin(), model.condition_.end(), 0u);
  }

  const auto is_baseline = [](std::uint32_t cell) { return cell == 0; };
  const ByItem baseline = logs_where(what, samples, is_baseline), former = logs_where(what, kept.former, is_baseline);
  const auto effect_where = [&](auto counts) {
    const auto of_kept = [&](std::uint32_t cell) { return counts(cell) && kept.holds(cell); };
    const ByItem before = logs_where(what, samples, of_kept);
    return before.empty() ? effect(baseline, logs_where(what, samples, counts)) : effect(former, before);
  };
  for (std::uint32_t k = 0; k < (edge ? sides.clouds : sides.edges); ++k)
    model.by_other_.push_back(effect_where([&](std::uint32_t cell) {
      return edge ? sides.only_cloud(cell) && sides.cloud[cell] == k : sides.only_edge(cell) && sides.edge[cell] == k;
    }));
  for (std::uint32_t k = 0; k < sides.links; ++k)
    model.by_link_.push_back(
        effect_where([&](std::uint32_t cell) { return sides.only_link(cell) && sides.link[cell] == k; }));
  model.by_other_.front() = model.by_link_.front() = 0;
  return model;
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
  return std::log(fit_->slowdown(condition_[own(cell)]) / fit_->slowdown(condition_[0])) * other(cell);
}

double TermFit::predict(std::uint32_t cell, std::uint32_t candidate) const {
  if (constant_[candidate]) return *constant_[candidate];
  const double alone = fit_->predict(item_[candidate], condition_[own(cell)]) * ratio(cell, candidate).ratio;
  return alone * std::exp(other(cell) + by_link_[sides_.link[cell]] + coefficient_ * interaction(cell, candidate));
}

double TermFit::standard_error(std::uint32_t cell, std::uint32_t candidate) const {
  if (constant_[candidate]) return 0;
  const double fitted = fit_->standard_error(item_[candidate], condition_[own(cell)]);
  return predict(cell, candidate) * std::hypot(fitted, ratio(cell, candidate).standard_error);
}

const MeanRatio& TermFit::ratio(std::uint32_t cell, std::uint32_t candidate) const {
  return ratios_[std::size_t{item_[candidate]} * conditions_ + condition_[own(cell)]];
}

double TermFit::slowdown(std::uint32_t cell) const {
  if (!fit_ || condition_[own(cell)] == kNone) return 1;
  const double own_side = std::log(fit_->slowdown(condition_[own(cell)]) / fit_->slowdown(condition_[0]));
  return std::exp(own_side + other(cell) + by_link_[sides_.link[cell]] + coefficient_ * own_side * other(cell));
}

}  // namespace tideline::fit
