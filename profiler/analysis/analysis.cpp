#include "profiler/analysis/analysis.h"

#include "profiler/analysis/analysis_parts.h"
#include "profiler/fit/statistics.h"

#include <algorithm>
#include <cmath>

namespace tideline::analysis {
namespace {

std::vector<std::uint32_t> best_plans(const TimeTable& times) {
  std::vector<std::uint32_t> best;
  best.reserve(times.conditions());
  for (std::size_t c = 0; c < times.conditions(); ++c) best.push_back(best_plan(times, c));
  return best;
}

double share_that_differs(const std::vector<std::uint32_t>& plans) {
  const auto differ = std::ranges::count_if(plans, [&](std::uint32_t plan) { return plan != plans.front(); });
  return static_cast<double>(differ) / static_cast<double>(plans.size());
}

std::vector<BestPlan> find_best(const Analysis& found, std::uint64_t seed) {
  fit::Random random(seed);
  std::vector<BestPlan> best;
  for (std::size_t c = 0; c < found.raw.conditions(); ++c) {
    const std::uint32_t plan = best_plan(found.denoised.total, c);
    best.push_back({plan, best_plan(found.raw, c), chances_of_best(found.denoised, c, random)[plan]});
  }
  return best;
}

// Returns the times paid under each condition by choices that have not used it, on the fit or as measured; the mean of
// the choices if there are several.
std::vector<PaidTimes> paid_held_out(const std::vector<CrossChecked>& folds, std::uint32_t CrossChecked::* stays,
                                     const TimeTable* fit) {
  std::vector<PaidTimes> found;
  for (std::size_t c = 0; c < folds.front().plans.size(); ++c) {
    std::vector<double> chosen, other;
    for (const CrossChecked& fold : folds) {
      const TimeTable& times = fit ? *fit : fold.times;
      if (!fold.holds[c] || !times.has(c, fold.plans[c]) || !times.has(c, fold.*stays)) continue;
      chosen.push_back(times.at(c, fold.plans[c]));
      other.push_back(times.at(c, fold.*stays));
    }
    if (!chosen.empty()) found.push_back({fit::mean(chosen), fit::mean(other)});
  }
  return found;
}

struct Stays {
  std::optional<std::uint32_t> raw;
  std::uint32_t denoised = 0;
  std::uint32_t CrossChecked::* of_fold;
};

Savings compare(const Analysis& found, const std::vector<CrossChecked>& folds, const Stays& stays, std::uint64_t seed) {
  Savings result{.raw_plan = stays.raw.value_or(stays.denoised), .denoised_plan = stays.denoised};
  if (stays.raw) result.raw = spread_of_gains(best_beside(found.raw, *stays.raw), seed);
  const TimeTable& fit = found.denoised.total;
  const auto paid = folds.empty() ? best_beside(fit, stays.denoised) : paid_held_out(folds, stays.of_fold, &fit);
  result.denoised = spread_of_gains(paid, seed);
  if (folds.empty()) return result;
  if (const auto measured = paid_held_out(folds, stays.of_fold, nullptr); !measured.empty())
    result.held_out = spread_of_gains(measured, seed);
  return result;
}

std::vector<BreakEven> break_even(const TimeTable& fit, std::span<const Duration> costs) {
  std::vector<double> saved;  // Milliseconds per request.
  for (std::size_t c = 0; c < fit.conditions(); ++c)
    if (const double ms = fit.at(c, best_plan(fit, 0)) - fit.at(c, best_plan(fit, c)); ms > 0) saved.push_back(ms);
  std::vector<BreakEven> all;
  for (const Duration cost : costs) {
    std::vector<double> requests;
    requests.reserve(saved.size());
    for (const double ms : saved) requests.push_back(std::ceil(milliseconds(cost) / ms));
    if (!requests.empty()) all.push_back({cost, fit::median(requests), fit::quantile(requests, 0.95)});
  }
  return all;
}

double share_that_pays(const TimeTable& fit) {
  std::size_t pays = 0;
  for (std::size_t c = 0; c < fit.conditions(); ++c)
    pays += fit.at(c, best_plan(fit, c)) < fit.at(c, best_plan(fit, 0)) ? 1 : 0;
  return static_cast<double>(pays) / static_cast<double>(fit.conditions());
}

}  // namespace

Result<Analysis> analyse(const MeasurementSet& measured, const AnalysisOptions& options) {
  const auto readings = part_readings(measured);
  auto denoised = denoise(measured, readings);
  if (!denoised) return denoised.error();
  Analysis found{.raw = raw_times(measured, readings), .denoised = *std::move(denoised)};
  const TimeTable& fit = found.denoised.total;
  found.best = find_best(found, options.seed);
  found.differs_raw = share_that_differs(best_plans(found.raw));
  found.differs_denoised = share_that_differs(best_plans(fit));
  const auto folds = held_out(measured, readings, options.seed);
  found.over_unstressed =
      compare(found, folds, {best_plan(found.raw, 0), best_plan(fit, 0), &CrossChecked::unstressed}, options.seed);
  found.over_static = compare(
      found, folds, {best_static_plan(found.raw), *best_static_plan(fit), &CrossChecked::best_static}, options.seed);
  found.variance = explained(measured, found.raw);
  found.moves_pay = share_that_pays(fit);
  found.break_even = break_even(fit, options.swap_costs);
  found.noise = noise_floor(measured, readings, found, options.seed);
  return found;
}

}  // namespace tideline::analysis
