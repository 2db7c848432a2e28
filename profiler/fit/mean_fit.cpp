#include "profiler/fit/mean_fit.h"

#include "profiler/fit/robust.h"
#include "profiler/fit/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tideline::fit {
namespace {

constexpr int kMostBalancings = 200;
constexpr double kBalanced = 1e-10;  // Relative change of a factor.
constexpr double kWild = 5;          // A reading counts at most as so many times the usual one.

MeanFit::PairValues winsorised_pairs(std::span<const Reading> readings) {
  MeanFit::PairValues pairs;
  for (const Reading& r : readings) pairs[{r.item, r.condition}].push_back(r.value);
  for (auto& [pair, values] : pairs) values = winsorised(values);
  return pairs;
}

// Shortens wild readings, by medians: of the pair, or item level x condition factor if that is longer.
void tame(MeanFit::PairValues& pairs, std::uint32_t conditions) {
  std::map<std::uint32_t, double> levels;
  for (const auto& [pair, values] : pairs)
    if (pair.second == 0) levels[pair.first] = median(values);
  std::vector<std::vector<double>> ratios(conditions);
  for (const auto& [pair, values] : pairs)
    for (const double value : values) ratios[pair.second].push_back(value / levels.at(pair.first));
  std::vector<double> factors;
  for (const std::vector<double>& of_condition : ratios) factors.push_back(median(of_condition));
  for (auto& [pair, values] : pairs) {
    const double most = kWild * std::max(median(values), levels.at(pair.first) * factors[pair.second]);
    for (double& value : values) value = std::min(value, most);
  }
}

}  // namespace

MeanFit MeanFit::fit(std::span<const Reading> readings, std::uint32_t items, std::uint32_t conditions) {
  MeanFit found;
  found.levels_.assign(items, 1);
  found.factors_.assign(conditions, 1);
  found.totals_.resize(std::size_t{items} * conditions);
  PairValues pairs = winsorised_pairs(readings);
  tame(pairs, conditions);
  found.add_up(pairs);
  for (const auto& [pair, values] : pairs) {
    Total& total = found.totals_[found.at(pair.first, pair.second)];
    for (const double value : values)
      total.squares += std::pow((value - total.sum / total.count) / found.expected(pair.first, pair.second), 2);
  }
  found.measure_scatter();
  return found;
}

void MeanFit::add_up(const PairValues& pairs) {
  for (const auto& [pair, values] : pairs) {
    Total& total = totals_[at(pair.first, pair.second)];
    total.sum = std::accumulate(values.begin(), values.end(), 0.0);
    total.count = static_cast<double>(values.size());
  }
  balance();
}

// Makes the sums of items and of conditions right in turn, until both are (iterative proportional fitting).
void MeanFit::balance() {
  double change = 1;
  for (int step = 0; step < kMostBalancings && change > kBalanced; ++step) {
    for (std::uint32_t i = 0; i < levels_.size(); ++i) {
      double sum = 0, weight = 0;
      for (std::uint32_t k = 0; k < factors_.size(); ++k) {
        sum += totals_[at(i, k)].sum;
        weight += totals_[at(i, k)].count * factors_[k];
      }
      levels_[i] = sum / weight;
    }
    change = 0;
    for (std::uint32_t k = 1; k < factors_.size(); ++k) {
      double sum = 0, weight = 0;
      for (std::uint32_t i = 0; i < levels_.size(); ++i) {
        sum += totals_[at(i, k)].sum;
        weight += totals_[at(i, k)].count * levels_[i];
      }
      change = std::max(change, std::abs(sum / weight / factors_[k] - 1));
      factors_[k] = sum / weight;
    }
  }
}

// Without repeated readings, noise cannot be told from deviations: then all is noise.
MeanFit::Scatter MeanFit::scatter_under(std::uint32_t condition) const {
  double squares = 0, freedom = 0, away = 0, inverse = 0, pairs = 0;
  for (std::uint32_t i = 0; i < levels_.size(); ++i) {
    const Total& total = totals_[at(i, condition)];
    if (total.count == 0) continue;
    squares += total.squares;
    freedom += total.count - 1;
    away += std::pow(total.sum / total.count / expected(i, condition) - 1, 2);
    inverse += 1 / total.count;
    ++pairs;
  }
  if (freedom == 0) return {away / pairs, 0};
  const double within = squares / freedom;
  return {within, std::max(0.0, (away - within * inverse) / pairs)};
}

void MeanFit::measure_scatter() {
  for (std::uint32_t k = 0; k < factors_.size(); ++k) scatters_.push_back(scatter_under(k));
}

// Returns the share of a pair's deviation that counts.
double MeanFit::kept(std::uint32_t item, std::uint32_t condition) const {
  const Scatter& scatter = scatters_[condition];
  const double count = totals_[at(item, condition)].count;
  return count == 0 || scatter.between == 0 ? 0 : scatter.between / (scatter.between + scatter.within / count);
}

double MeanFit::predict(std::uint32_t item, std::uint32_t condition) const {
  const double usual = expected(item, condition), share = kept(item, condition);
  if (share == 0) return usual;
  const Total& total = totals_[at(item, condition)];
  return usual + share * (total.sum / total.count - usual);
}

double MeanFit::variance_of_level(std::uint32_t item) const {
  double weight = 0, squares = 0;
  for (std::uint32_t k = 0; k < factors_.size(); ++k) {
    const double count = totals_[at(item, k)].count;
    weight += count * factors_[k];
    squares += count * factors_[k] * factors_[k] * scatters_[k].within;
  }
  return squares / (weight * weight);
}

double MeanFit::variance_of_factor(std::uint32_t condition) const {
  if (condition == 0) return 0;
  double weight = 0, squares = 0;
  for (std::uint32_t i = 0; i < levels_.size(); ++i) {
    const double count = totals_[at(i, condition)].count, level = levels_[i];
    weight += count * level;
    squares += level * level * count * (scatters_[condition].within + count * scatters_[condition].between);
  }
  return squares / (weight * weight);
}

double MeanFit::standard_error(std::uint32_t item, std::uint32_t condition) const {
  const double share = kept(item, condition), count = totals_[at(item, condition)].count;
  const double usual = variance_of_level(item) + variance_of_factor(condition);
  const double deviation = count == 0 ? scatters_[condition].between : share * scatters_[condition].within / count;
  return std::sqrt((1 - share) * (1 - share) * usual + deviation);
}

}  // namespace tideline::fit
