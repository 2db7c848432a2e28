#include "profiler/fit/robust.h"

#include "profiler/fit/statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tideline::fit {
namespace {

constexpr int kMostSteps = 50;

}  // namespace

double huber_weight(double u) {
  return std::abs(u) <= kHuber ? 1 : kHuber / std::abs(u);
}

double huber_mean(std::span<const double> xs, double sd) {
  double centre = median(xs);
  if (!(sd > 0)) return centre;
  for (int step = 0; step < kMostSteps; ++step) {
    double sum = 0, weights = 0;
    for (const double x : xs) {
      const double w = huber_weight((x - centre) / sd);
      sum += w * x;
      weights += w;
    }
    const double next = sum / weights;
    if (std::abs(next - centre) <= 1e-9 * sd) return next;
    centre = next;
  }
  return centre;
}

Spread spread_of(std::span<const double> xs) {
  const double centre = median(xs);
  std::vector<double> away;
  away.reserve(xs.size());
  for (const double x : xs) away.push_back(std::abs(x - centre));
  return {centre, kMadToSd * median(away)};
}

std::vector<double> winsorised(std::span<const double> xs) {
  std::vector<double> sorted(xs.begin(), xs.end());
  std::sort(sorted.begin(), sorted.end());
  if (sorted.size() < 5) return sorted;
  const std::size_t drawn = (sorted.size() + 9) / 10;
  const auto n = static_cast<std::ptrdiff_t>(drawn);
  std::fill(sorted.begin(), sorted.begin() + n, sorted[drawn]);
  std::fill(sorted.end() - n, sorted.end(), sorted[sorted.size() - 1 - drawn]);
  return sorted;
}

double winsorised_mean(std::span<const double> xs) {
  return mean(winsorised(xs));
}

FittedLine theil_sen(std::span<const double> xs, std::span<const double> ys) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < xs.size(); ++i)
    for (std::size_t j = i + 1; j < xs.size(); ++j)
      if (xs[i] != xs[j]) slopes.push_back((ys[j] - ys[i]) / (xs[j] - xs[i]));
  FittedLine line;
  line.slope = median(slopes);
  std::vector<double> rest;
  rest.reserve(xs.size());
  for (std::size_t i = 0; i < xs.size(); ++i) rest.push_back(ys[i] - line.slope * xs[i]);
  line.intercept = median(rest);
  return line;
}

}  // namespace tideline::fit
