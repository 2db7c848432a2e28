#include "profiler/fit/anchors.h"

#include "profiler/fit/robust.h"
#include "profiler/fit/statistics.h"

#include <cmath>
#include <map>
#include <numbers>
#include <tuple>
#include <vector>

namespace tideline::fit {
namespace {

constexpr std::size_t kLeastVisits = 4;

struct Series {
  std::vector<double> at;      // Seconds.
  std::vector<double> levels;  // Logarithms, relative to their anchors' means.
};

// By shard and candidate: the median logarithm and time of each visit.
using Medians = std::map<std::pair<std::uint32_t, std::uint32_t>, std::map<std::uint32_t, std::pair<double, double>>>;

Medians medians_of(std::span<const journal::AnchorSample> anchors) {
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::pair<std::vector<double>, double>> visits;
  for (const journal::AnchorSample& sample : anchors) {
    if (sample.terms.total() <= Duration::zero()) continue;
    auto& [logs, at] = visits[{sample.shard, sample.candidate, sample.visit}];
    logs.push_back(std::log(seconds(sample.terms.total())));
    at = seconds(sample.at);
  }
  Medians medians;
  for (const auto& [key, visit] : visits) {
    const auto& [shard, candidate, number] = key;
    medians[{shard, candidate}][number] = {median(visit.first), visit.second};
  }
  return medians;
}

// Returns a shard's visits: the mean, over its anchors, of the deviation of each from its own mean.
std::map<std::uint32_t, Series> series_of(const Medians& medians) {
  std::map<std::uint32_t, std::map<std::uint32_t, std::vector<std::pair<double, double>>>> by_visit;
  for (const auto& [key, visits] : medians) {
    std::vector<double> levels;
    for (const auto& [number, visit] : visits) levels.push_back(visit.first);
    const double centre = mean(levels);
    for (const auto& [number, visit] : visits)
      by_visit[key.first][number].emplace_back(visit.first - centre, visit.second);
  }
  std::map<std::uint32_t, Series> series;
  for (const auto& [shard, visits] : by_visit)
    for (const auto& [number, found] : visits) {
      double level = 0;
      for (const auto& [one, at] : found) level += one / static_cast<double>(found.size());
      series[shard].levels.push_back(level);
      series[shard].at.push_back(found.back().second);
    }
  return series;
}

// Returns Kendall's S: over all pairs in time, the number of rises minus the number of falls.
double kendall(const std::vector<double>& levels) {
  double s = 0;
  for (std::size_t i = 0; i < levels.size(); ++i)
    for (std::size_t j = i + 1; j < levels.size(); ++j) s += (levels[j] > levels[i]) - (levels[j] < levels[i]);
  return s;
}

}  // namespace

std::optional<double> noise_floor(std::span<const journal::AnchorSample> anchors) {
  std::map<std::uint32_t, std::vector<double>> by_candidate;
  for (const auto& [key, visits] : medians_of(anchors))
    for (const auto& [number, visit] : visits) by_candidate[key.second].push_back(visit.first);
  double sum = 0, freedom = 0;
  for (const auto& [candidate, levels] : by_candidate) {
    const double centre = mean(levels);
    for (const double level : levels) sum += (level - centre) * (level - centre);
    freedom += static_cast<double>(levels.size()) - 1;
  }
  if (freedom < 1) return std::nullopt;
  return std::sqrt(sum / freedom);
}

std::optional<table::Drift> drift_of(std::span<const journal::AnchorSample> anchors) {
  double s = 0, variance = 0;
  std::vector<double> changes;
  for (const auto& [shard, series] : series_of(medians_of(anchors))) {
    const auto n = static_cast<double>(series.levels.size());
    if (series.levels.size() < kLeastVisits || series.at.back() <= series.at.front()) continue;
    s += kendall(series.levels);
    variance += n * (n - 1) * (2 * n + 5) / 18;
    const double length = series.at.back() - series.at.front();
    changes.push_back(theil_sen(series.at, series.levels).slope * length);
  }
  if (changes.empty()) return std::nullopt;
  const double z = s == 0 ? 0 : (std::abs(s) - 1) / std::sqrt(variance);
  table::Drift drift;
  drift.change = std::exp(median(changes)) - 1;
  drift.p_value = std::erfc(z / std::numbers::sqrt2);
  drift.drifted = drift.p_value < 0.05 && std::abs(drift.change) >= kLeastDrift;
  return drift;
}

}  // namespace tideline::fit
