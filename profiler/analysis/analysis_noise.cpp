// The noise of the measurements, and the gain that noise alone would show.
#include "profiler/analysis/analysis_parts.h"
#include "profiler/analysis/axes.h"
#include "profiler/fit/statistics.h"

#include <algorithm>
#include <cmath>

namespace tideline::analysis {
namespace {

constexpr int kWorlds = 40;

// Returns the median, over repeated pairs, of the relative standard deviation of their totals.
std::optional<double> repetition_noise(const TimeTable& raw, std::span<const PartReading> readings) {
  TimeTable squares(raw.conditions(), raw.plans());
  std::vector<std::uint32_t> counts(raw.conditions() * raw.plans());
  for (const PartReading& r : readings) {
    double& sum = squares.at(r.condition, r.plan);
    const double away = r.total() / raw.at(r.condition, r.plan) - 1;
    sum = (std::isnan(sum) ? 0 : sum) + away * away;
    ++counts[r.condition * raw.plans() + r.plan];
  }
  std::vector<double> sds;
  for (std::size_t c = 0; c < raw.conditions(); ++c)
    for (std::size_t p = 0; p < raw.plans(); ++p)
      if (const auto n = counts[c * raw.plans() + p]; n > 1) sds.push_back(std::sqrt(squares.at(c, p) / (n - 1)));
  if (sds.empty()) return std::nullopt;
  return fit::median(sds);
}

double mean_gain_over_static(const TimeTable& times, std::uint32_t stays) {
  double sum = 0;
  const auto paid = best_beside(times, stays);
  for (const PaidTimes& one : paid) sum += 1 - one.chosen / one.stays;
  return sum / static_cast<double>(paid.size());
}

// Simulates measurements in which the fit is true and each error is as large as observed, with a random sign (the wild
// bootstrap, Wu 1986). So noise that depends on the condition keeps its place.
double gain_from_noise(const Analysis& analysis, std::uint64_t seed) {
  const TimeTable &raw = analysis.raw, &fit = analysis.denoised.total;
  const std::uint32_t plan = analysis.over_static.denoised_plan;
  fit::Random random(seed);
  double sum = 0;
  for (int world = 0; world < kWorlds; ++world) {
    TimeTable noisy = fit;
    for (std::size_t c = 0; c < fit.conditions(); ++c)
      for (std::size_t p = 0; p < fit.plans(); ++p) {
        const double ratio = raw.has(c, p) ? raw.at(c, p) / fit.at(c, p) : 1;
        noisy.at(c, p) *= fit::below(2, random) == 0 ? ratio : 1 / ratio;
      }
    sum += mean_gain_over_static(noisy, best_static_plan(noisy).value_or(plan));
  }
  return sum / kWorlds - mean_gain_over_static(fit, plan);
}

double size(double residual) {
  return std::abs(residual);
}

std::size_t outliers_of(std::span<const PartReading> readings, const TimeTable& fit) {
  return static_cast<std::size_t>(std::ranges::count_if(readings, [&](const PartReading& r) {
    return std::abs(std::log(r.total() / fit.at(r.condition, r.plan))) > std::log(kOutlier);
  }));
}

void add_levels(std::size_t axis, const MeasurementSet& measured, const Analysis& analysis, NoiseFloor& found) {
  const Levels levels = levels_of(measured.conditions, axis);
  if (levels.names.size() < 2) return;
  std::vector<std::vector<double>> sizes(levels.names.size());
  for (std::size_t c = 0; c < analysis.raw.conditions(); ++c)
    for (std::size_t p = 0; p < analysis.raw.plans(); ++p)
      if (analysis.raw.has(c, p))
        sizes[levels.of[c]].push_back(size(analysis.raw.at(c, p) / analysis.denoised.total.at(c, p) - 1));
  for (std::size_t level = 0; level < sizes.size(); ++level)
    found.by_level.push_back(
        {axis_name(axis), levels.names[level], fit::median(sizes[level]), fit::quantile(sizes[level], 0.95)});
}

}  // namespace

NoiseFloor noise_floor(const MeasurementSet& measured, std::span<const PartReading> readings, const Analysis& analysis,
                       std::uint64_t seed) {
  NoiseFloor found{.repetition = repetition_noise(analysis.raw, readings)};
  for (std::size_t c = 0; c < analysis.raw.conditions(); ++c)
    for (std::size_t p = 0; p < analysis.raw.plans(); ++p)
      if (analysis.raw.has(c, p))
        found.residuals.push_back(analysis.raw.at(c, p) / analysis.denoised.total.at(c, p) - 1);
  std::vector<double> sizes;
  std::ranges::transform(found.residuals, std::back_inserter(sizes), size);
  found.median = fit::median(sizes);
  found.p95 = fit::quantile(sizes, 0.95);
  found.outliers = outliers_of(readings, analysis.denoised.total);
  found.gain_from_noise = gain_from_noise(analysis, seed);
  for (std::size_t axis = 0; axis < kAxes; ++axis) add_levels(axis, measured, analysis, found);
  return found;
}

}  // namespace tideline::analysis
