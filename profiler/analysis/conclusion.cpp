#include "profiler/analysis/conclusion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tideline::analysis {
namespace {

constexpr double kSmall = 0.02;

std::string range(const Interval& interval) {
  return fmt::format("95 % interval: {} to {}", percent(interval.low), percent(interval.high));
}

bool certain(const Gains& spread) {
  return spread.mean_interval.low > 0 && spread.mean > kSmall;
}

}  // namespace

std::string percent(double share) {
  const double hundred = 100 * share;
  if (std::abs(hundred) < 0.05) return "0 %";
  return std::abs(hundred) < 99.95 ? fmt::format("{:.1f} %", hundred) : fmt::format("{:.0f} %", hundred);
}

std::string conclusion(const MeasurementSet& measured, const Analysis& found) {
  const Gains& gain = found.over_static.denoised;
  const std::string stays = to_string(measured.plans[found.over_static.denoised_plan]);
  if (!certain(gain))
    return fmt::format(
        "Moving the cut of {} is hardly worth it here: {} serves every condition within {} of the best on "
        "average ({}).",
        measured.model, stays, percent(std::max(gain.mean, 0.0)), range(gain.mean_interval));
  return fmt::format(
      "Moving the cut of {} with the conditions saves {} of the latency on average over {}, the best "
      "plan that stays ({}).",
      measured.model, percent(gain.mean), stays, range(gain.mean_interval));
}

std::string caution(const Analysis& found) {
  if (!found.over_static.raw)
    return "No plan was measured under every condition, so there are no raw figures to compare.";
  const double raw = found.over_static.raw->mean, gain = std::max(found.over_static.denoised.mean, 0.0);
  if (raw <= gain + kSmall) return fmt::format("The raw measurements say nearly the same: {}.", percent(raw));
  return fmt::format(
      "The raw measurements promise {}; the fit attributes {} of that to noise, which always favours the best of many.",
      percent(raw), percent((raw - gain) / raw));
}

}  // namespace tideline::analysis
