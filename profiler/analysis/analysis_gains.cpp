// The gains of choices with their uncertainty, and the probability that a plan is the best.
#include "profiler/analysis/analysis_parts.h"
#include "profiler/fit/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace tideline::analysis {
namespace {

constexpr std::size_t kResamples = 1000;
constexpr std::size_t kDraws = 400;
constexpr double kGain = 0.05;

// Standard normal, by Box and Muller (1958).
double normal(fit::Random& random) {
  const auto uniform = [&random] { return (static_cast<double>(random() >> 11) + 0.5) / 9007199254740992.0; };
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

double gain(const PaidTimes& paid) {
  return 1 - paid.chosen / paid.stays;
}

double of_total(std::span<const PaidTimes> paid) {
  PaidTimes sum;
  for (const PaidTimes& one : paid) sum = {sum.chosen + one.chosen, sum.stays + one.stays};
  return gain(sum);
}

double mean_gain(std::span<const PaidTimes> paid) {
  double sum = 0;
  for (const PaidTimes& one : paid) sum += gain(one);
  return sum / static_cast<double>(paid.size());
}

// The circular block bootstrap: neighbouring conditions are similar, so they are drawn together.
std::vector<PaidTimes> resampled(std::span<const PaidTimes> paid, fit::Random& random) {
  const auto block = static_cast<std::size_t>(std::ceil(std::cbrt(static_cast<double>(paid.size()))));
  std::vector<PaidTimes> drawn;
  std::size_t at = 0;
  for (std::size_t i = 0; i < paid.size(); ++i) {
    at = i % block == 0 ? fit::below(paid.size(), random) : (at + 1) % paid.size();
    drawn.push_back(paid[at]);
  }
  return drawn;
}

Interval interval_of(std::span<const double> values) {
  return {fit::quantile(values, 0.025), fit::quantile(values, 0.975)};
}

}  // namespace

TimeTable raw_times(const MeasurementSet& measured, std::span<const PartReading> readings) {
  TimeTable sums(measured.conditions.size(), measured.plans.size()), counts = sums;
  for (const PartReading& r : readings) {
    double& count = counts.at(r.condition, r.plan);
    count = std::isnan(count) ? 1 : count + 1;
    double& sum = sums.at(r.condition, r.plan);
    sum = count == 1 ? r.total() : sum + r.total();
  }
  for (std::size_t c = 0; c < sums.conditions(); ++c)
    for (std::size_t p = 0; p < sums.plans(); ++p) sums.at(c, p) /= counts.at(c, p);
  return sums;
}

Gains spread_of_gains(std::span<const PaidTimes> paid, std::uint64_t seed) {
  Gains spread{.mean = mean_gain(paid), .of_total = of_total(paid)};
  for (const PaidTimes& one : paid) spread.each.push_back(gain(one));
  spread.median = fit::median(spread.each);
  spread.p95 = fit::quantile(spread.each, 0.95);
  spread.max = fit::quantile(spread.each, 1);
  const auto over = std::ranges::count_if(spread.each, [](double one) { return one > kGain; });
  spread.over_5_percent = static_cast<double>(over) / static_cast<double>(paid.size());
  fit::Random random(seed);
  std::vector<double> means, totals;
  for (std::size_t i = 0; i < kResamples; ++i) {
    const auto again = resampled(paid, random);
    means.push_back(mean_gain(again));
    totals.push_back(of_total(again));
  }
  spread.mean_interval = interval_of(means);
  spread.of_total_interval = interval_of(totals);
  return spread;
}

std::vector<double> chances_of_best(const Denoised& denoised, std::size_t condition, fit::Random& random) {
  const std::size_t plans = denoised.total.plans();
  std::vector<double> chances(plans);
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t plan = 0; plan < plans; ++plan) {
      double total = 0;
      for (std::size_t part = 0; part < kParts; ++part)
        total += denoised.parts[part].at(condition, plan) *
                 std::exp(denoised.error[part].at(condition, plan) * normal(random));
      if (total >= least) continue;
      least = total;
      best = plan;
    }
    chances[best] += 1.0 / kDraws;
  }
  return chances;
}

}  // namespace tideline::analysis
