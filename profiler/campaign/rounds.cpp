#include "profiler/campaign/rounds.h"

#include "profiler/fit/random.h"
#include "profiler/fit/statistics.h"

#include <algorithm>
#include <limits>
#include <numbers>
#include <numeric>

namespace tideline::campaign {

// Odd multipliers give cells and rounds different seeds.
std::vector<std::uint32_t> round_of(const journal::Context& context, std::uint32_t cell, std::uint64_t round) {
  fit::Random random(context.seed + (cell + std::uint64_t{1}) * 0x9E3779B97F4A7C15u + round * 0xC2B2AE3D27D4EB4Fu);
  std::vector<std::uint32_t> order(context.candidates.size());
  std::iota(order.begin(), order.end(), 0u);
  fit::shuffle(order, random);
  return order;
}

double relative_half_width(std::span<const double> times) {
  if (times.size() < 2) return std::numeric_limits<double>::infinity();
  const double half = fit::student_half_width(times);
  return half == 0 ? 0 : half / fit::mean(times);
}

RoundRule rule_of(const journal::Context& context, std::optional<double> interval) {
  return {std::min(kLeastRepetitions, context.repetitions), context.repetitions, interval};
}

RoundRule half_of(const RoundRule& rule) {
  RoundRule half{(rule.least + 1) / 2, (rule.most + 1) / 2, rule.interval};
  if (half.interval) *half.interval *= std::numbers::sqrt2;
  return half;
}

bool known(std::span<const double> totals, const RoundRule& rule) {
  if (totals.size() >= rule.most) return true;
  return totals.size() >= rule.least && rule.interval && relative_half_width(totals) <= *rule.interval;
}

std::vector<std::uint32_t> next_round(const journal::Context& context, std::uint32_t cell,
                                      std::span<const std::uint32_t> candidates,
                                      std::span<const std::vector<double>> totals, const RoundRule& rule,
                                      bool time_left) {
  std::vector<std::size_t> counts(context.candidates.size(), std::numeric_limits<std::size_t>::max());
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (!known(totals[i], rule) && (time_left || totals[i].size() < rule.least))
      counts[candidates[i]] = totals[i].size();
  const std::size_t round = *std::min_element(counts.begin(), counts.end());
  if (round == std::numeric_limits<std::size_t>::max()) return {};
  std::vector<std::uint32_t> order = round_of(context, cell, round);
  std::erase_if(order, [&](std::uint32_t candidate) { return counts[candidate] != round; });
  return order;
}

Duration share_of(Duration left, std::span<const double> weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  return from_seconds(std::max(0.0, seconds(left)) * weights.front() / sum);
}

}  // namespace tideline::campaign
