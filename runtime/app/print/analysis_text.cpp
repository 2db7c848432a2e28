#include "runtime/app/print/analysis_text.h"

#include "profiler/analysis/axes.h"
#include "profiler/analysis/conclusion.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace tideline::print {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kShownPlans = 8;
constexpr std::size_t kShownConditions = 24;
constexpr std::size_t kConditionColumns = 62;

// Wraps lines at blanks.
std::string wrapped(std::string_view text) {
  std::string lines;
  while (text.size() > kColumns) {
    std::size_t at = text.rfind(' ', kColumns);
    if (at == text.npos) at = kColumns;
    lines += fmt::format("{}\n", text.substr(0, at));
    text.remove_prefix(std::min(at + 1, text.size()));
  }
  return lines + fmt::format("{}\n", text);
}

std::string spread_line(std::string_view what, const analysis::Gains& s) {
  return fmt::format("  {:<12} {:>7} {:>18} {:>8} {:>8} {:>8} {:>10} {:>14}\n", what, analysis::percent(s.mean),
                     fmt::format("{:.1f} to {:.1f}", 100 * s.mean_interval.low, 100 * s.mean_interval.high),
                     analysis::percent(s.median), analysis::percent(s.p95), analysis::percent(s.max),
                     analysis::percent(s.of_total), analysis::percent(s.over_5_percent));
}

std::string comparison_text(std::string_view what, const analysis::MeasurementSet& measured,
                            const analysis::Savings& found) {
  std::string text = fmt::format("{}: {}", what, to_string(measured.plans[found.denoised_plan]));
  if (found.raw_plan != found.denoised_plan)
    text += fmt::format(" (raw: {})", to_string(measured.plans[found.raw_plan]));
  text += "\n";
  if (found.raw) text += spread_line("raw", *found.raw);
  text += spread_line("de-noised", found.denoised);
  if (found.held_out) text += spread_line("held out", *found.held_out);
  return text;
}

std::string gains_text(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  return fmt::format("{:<14} {:>7} {:>18} {:>8} {:>8} {:>8} {:>10} {:>14}\n", "gain beside", "mean", "95 % of mean",
                     "median", "p95", "max", "of total", "conditions > 5%") +
         comparison_text("the plan that is best unstressed", measured, found.over_unstressed) +
         comparison_text("the best plan that stays", measured, found.over_static);
}

std::string plans_text(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  std::vector<std::size_t> count(measured.plans.size());
  std::vector<double> confidence(count.size());
  for (const analysis::BestPlan& best : found.best) {
    ++count[best.plan];
    confidence[best.plan] += best.confidence;
  }
  std::vector<std::size_t> order(count.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t plan) { return count[plan]; });
  std::string text = fmt::format("{:<52} {:>12} {:>16}\n", "best plan", "conditions", "mean confidence");
  for (const std::size_t plan : std::span(order).first(std::min(order.size(), kShownPlans)))
    if (count[plan] > 0)
      text += fmt::format(
          "{:<52} {:>12} {:>16}\n",
          fmt::format("{} {}", to_string(measured.plans[plan]), measured.plans[plan].cut_name).substr(0, 52),
          count[plan], analysis::percent(confidence[plan] / static_cast<double>(count[plan])));
  const auto others = std::ranges::count_if(count, [](std::size_t n) { return n > 0; });
  if (static_cast<std::size_t>(others) > kShownPlans)
    text += fmt::format("and {} more; --json and --csv have every condition\n", others - kShownPlans);
  return text;
}

// A condition's name in its column. A name that is too long is cut off or, if `whole`, continues on a second line.
std::string condition_cell(const std::string& name, bool whole) {
  if (!whole || name.size() <= kConditionColumns)
    return fmt::format("{:<{}}", name.substr(0, kConditionColumns), kConditionColumns);
  const std::size_t end = name.rfind(", ", kConditionColumns - 1) + 1;
  return fmt::format("{}\n{:<{}}", name.substr(0, end), name.substr(end), kConditionColumns);
}

std::string conditions_text(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  if (measured.conditions.size() > kShownConditions) return {};
  // The delay comes last in a name: if it were cut off, names that differ only in it would look the same.
  const bool whole = analysis::varies(measured.conditions, analysis::kDelay);
  std::string text = fmt::format("\n{:<62} {:>14} {:>9} {:>11}\n", "condition", "best plan", "ms", "confidence");
  for (std::size_t c = 0; c < found.best.size(); ++c)
    text += fmt::format("{} {:>14} {:>9.1f} {:>11}\n", condition_cell(to_string(measured.conditions[c]), whole),
                        to_string(measured.plans[found.best[c].plan]), found.denoised.total.at(c, found.best[c].plan),
                        analysis::percent(found.best[c].confidence));
  return text;
}

std::string variance_text(const analysis::Variance& variance) {
  std::string text = fmt::format("{:<24} {:>22} {:>32}\n", "variance explained", "slows all plans alike",
                                 "makes another plan the best");
  for (const analysis::Factor& factor : variance.factors)
    text += fmt::format("{:<24} {:>22} {:>32}\n", factor.name, analysis::percent(factor.alone),
                        analysis::percent(factor.with_plan));
  return text + fmt::format("the plan itself {}; noise and conditions together {}\n", analysis::percent(variance.plan),
                            analysis::percent(variance.rest));
}

std::string noise_text(const analysis::NoiseFloor& noise) {
  std::string text = fmt::format("Noise: half of all measurements are within {} of the fit, 95 of 100 within {}.",
                                 analysis::percent(noise.median), analysis::percent(noise.p95));
  if (noise.repetition) text += fmt::format(" Repetitions scatter by {}.", analysis::percent(*noise.repetition));
  if (noise.outliers > 0)
    text += fmt::format(" Outliers, more than {:g} times as long or as short as the fit: {}.", analysis::kOutlier,
                        noise.outliers);
  return wrapped(
      text + fmt::format(" Such errors alone add {} to the raw mean gain.", analysis::percent(noise.gain_from_noise)));
}

std::string break_even_text(const analysis::Analysis& found) {
  if (found.break_even.empty()) return "No condition has a faster plan than the unstressed best one.\n";
  std::string text = fmt::format("Another plan than the unstressed best is faster under {} of conditions.\n",
                                 analysis::percent(found.moves_pay));
  text +=
      fmt::format("{:<24} {:>22} {:>32}\n", "a swap that costs", "median, requests", "95 of 100 conditions, requests");
  for (const analysis::BreakEven& swap : found.break_even)
    text += fmt::format("{:<24} {:>22.0f} {:>32.0f}\n", to_string(swap.cost), swap.median, swap.p95);
  return text;
}

}  // namespace

std::string analysis_text(const analysis::MeasurementSet& measured, const analysis::Analysis& found) {
  std::string text = fmt::format("{}: {} plans under {} conditions, {} measurements\n", measured.model,
                                 measured.plans.size(), measured.conditions.size(), measured.timings.size());
  for (const std::string& remark : measured.remarks) text += wrapped("note: " + remark);
  text += "\n" + wrapped(conclusion(measured, found)) + wrapped(caution(found)) + "\n";
  text += gains_text(measured, found) + "\n" + plans_text(measured, found) + conditions_text(measured, found) + "\n";
  return text + variance_text(found.variance) + "\n" + noise_text(found.noise) + "\n" + break_even_text(found);
}

}  // namespace tideline::print
