// Cross-validation: choices by one part of the measurements, tested on the other part.
#include "profiler/analysis/analysis_parts.h"

#include <algorithm>
#include <numeric>

namespace tideline::analysis {
namespace {

constexpr std::uint32_t kFolds = 5;

// For each reading, the fold in which it is held out.
using Folds = std::vector<std::uint32_t>;

Folds by_condition(const MeasurementSet& measured, std::span<const PartReading> readings, std::uint64_t seed) {
  std::vector<std::uint32_t> order(measured.conditions.size());
  std::iota(order.begin(), order.end(), 0u);
  fit::Random random(seed);
  fit::shuffle(order, random);
  std::vector<std::uint32_t> fold_of(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) fold_of[order[i]] = static_cast<std::uint32_t>(i) % kFolds;
  Folds folds;
  for (const PartReading& r : readings) folds.push_back(fold_of[r.condition]);
  return folds;
}

Folds by_repetition(const MeasurementSet& measured, std::span<const PartReading> readings) {
  std::vector<std::uint32_t> seen(measured.conditions.size() * measured.plans.size());
  Folds folds;
  for (const PartReading& r : readings) folds.push_back(seen[r.condition * measured.plans.size() + r.plan]++ % kFolds);
  return folds;
}

std::optional<CrossChecked> try_without(std::uint32_t fold, const Folds& folds, const MeasurementSet& measured,
                                        std::span<const PartReading> readings) {
  std::vector<PartReading> kept, out;
  for (std::size_t i = 0; i < readings.size(); ++i) (folds[i] == fold ? out : kept).push_back(readings[i]);
  const auto fit = denoise(measured, kept);
  if (!fit) return std::nullopt;  // The rest does not determine every plan and condition.
  const std::size_t conditions = measured.conditions.size();
  CrossChecked found{.times = raw_times(measured, out), .holds = std::vector<bool>(conditions)};
  for (const PartReading& r : out) found.holds[r.condition] = true;
  for (std::size_t c = 0; c < conditions; ++c) found.plans.push_back(best_plan(fit->total, c));
  found.unstressed = found.plans.front();
  found.best_static = *best_static_plan(fit->total);
  return found;
}

std::vector<CrossChecked> try_all(const Folds& folds, const MeasurementSet& measured,
                                  std::span<const PartReading> readings) {
  std::vector<CrossChecked> all;
  const std::uint32_t count = folds.empty() ? 0 : *std::ranges::max_element(folds) + 1;
  if (count < 2) return {};
  for (std::uint32_t fold = 0; fold < count; ++fold) {
    auto found = try_without(fold, folds, measured, readings);
    if (!found) return {};
    all.push_back(*std::move(found));
  }
  return all;
}

}  // namespace

std::vector<CrossChecked> held_out(const MeasurementSet& measured, std::span<const PartReading> readings,
                                   std::uint64_t seed) {
  auto all = try_all(by_condition(measured, readings, seed), measured, readings);
  if (all.empty()) all = try_all(by_repetition(measured, readings), measured, readings);
  return all;
}

}  // namespace tideline::analysis
