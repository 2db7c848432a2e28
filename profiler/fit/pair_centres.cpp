#include "profiler/fit/pair_centres.h"

#include "profiler/fit/robust.h"
#include "profiler/fit/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>

namespace tideline::fit {
namespace {

constexpr double kLeastSd = 1e-6;     // Clocks are no better; and weights stay finite.
constexpr double kPriorReadings = 4;  // Weight, in readings, of the pooled spread against a pair's own.
constexpr std::size_t kMostDifferences = 2'000'000;

// Returns the pair's own winsorised spread, moderated by the pooled spread.
double variance_of_reading(const Pair& pair, double pooled) {
  double own = 0;
  for (const double x : pair.logs) {
    const double away = x - pair.centre;
    own += huber_weight(away / (2 * pooled)) * away * away;
  }
  const auto freedom = static_cast<double>(pair.logs.size() - 1);
  return (kPriorReadings * pooled * pooled + own) / (kPriorReadings + freedom);
}

}  // namespace

std::vector<Pair> pairs_of(std::span<const Reading> readings) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<double>> by_pair;
  for (const Reading& r : readings) by_pair[{r.item, r.condition}].push_back(std::log(r.value));
  std::vector<Pair> pairs;
  pairs.reserve(by_pair.size());
  for (auto& [key, logs] : by_pair) pairs.push_back({key.first, key.second, std::move(logs)});
  return pairs;
}

bool repeated(std::span<const Pair> pairs) {
  return std::any_of(pairs.begin(), pairs.end(), [](const Pair& pair) { return pair.logs.size() > 1; });
}

double pooled_sd(std::span<const Pair> pairs) {
  std::vector<double> differences;
  for (const Pair& pair : pairs)
    for (std::size_t i = 0; i < pair.logs.size() && differences.size() < kMostDifferences; ++i)
      for (std::size_t j = i + 1; j < pair.logs.size(); ++j)
        differences.push_back(std::abs(pair.logs[i] - pair.logs[j]));
  return differences.empty() ? 0 : kMadToSd * median(differences) / std::numbers::sqrt2;
}

double summarize(std::span<Pair> pairs, double sd) {
  sd = std::max(kLeastSd, sd);
  for (Pair& pair : pairs) {
    pair.centre = huber_mean(pair.logs, sd);
    pair.variance = variance_of_reading(pair, sd) / static_cast<double>(pair.logs.size());
  }
  return sd;
}

}  // namespace tideline::fit
