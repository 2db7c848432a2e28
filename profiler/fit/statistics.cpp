#include "profiler/fit/statistics.h"

#include "profiler/fit/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

namespace tideline::fit {
namespace {

constexpr std::size_t kResamples = 1000;

// The 97.5 % quantile of Student's t. Beyond the table, the first correction of the normal quantile.
double student(std::size_t freedom) {
  constexpr std::array<double, 10> kTable{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};
  if (freedom <= kTable.size()) return kTable[freedom - 1];
  return 1.96 + 2.4 / static_cast<double>(freedom);
}

}  // namespace

double mean(std::span<const double> xs) {
  return std::accumulate(xs.begin(), xs.end(), 0.0) / static_cast<double>(xs.size());
}

double median(std::span<const double> xs) {
  return quantile(xs, 0.5);
}

double quantile(std::span<const double> xs, double p) {
  std::vector<double> sorted(xs.begin(), xs.end());
  std::sort(sorted.begin(), sorted.end());
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below_at = static_cast<std::size_t>(std::floor(at));
  const std::size_t above_at = std::min(below_at + 1, sorted.size() - 1);
  return sorted[below_at] + (at - std::floor(at)) * (sorted[above_at] - sorted[below_at]);
}

double bootstrap_half_width(std::span<const double> xs, std::uint64_t seed) {
  if (xs.size() < 2) return 0;
  Random random(seed);
  std::vector<double> means(kResamples);
  for (double& resampled : means) {
    double sum = 0;
    for (std::size_t i = 0; i < xs.size(); ++i) sum += xs[below(xs.size(), random)];
    resampled = sum / static_cast<double>(xs.size());
  }
  return (quantile(means, 0.975) - quantile(means, 0.025)) / 2;
}

double standard_error(std::span<const double> xs) {
  if (xs.size() < 2) return 0;
  const double centre = mean(xs);
  double sum = 0;
  for (const double x : xs) sum += (x - centre) * (x - centre);
  const auto n = static_cast<double>(xs.size());
  return std::sqrt(sum / (n - 1) / n);
}

double student_half_width(std::span<const double> xs) {
  return xs.size() < 2 ? 0 : student(xs.size() - 1) * standard_error(xs);
}

}  // namespace tideline::fit
