#include "policy/predict/calibration.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

namespace tideline::predict {
namespace {

constexpr Duration kTellingHead = std::chrono::milliseconds(1);  // A shorter head measures the timer.
constexpr double kLoaded = 1.2;                                  // Slowdown above which the edge counts as loaded.
constexpr double kTelling = 0.005;  // Least extra wire time, in seconds, for a meaningful ratio.

using Weighted = std::pair<double, double>;  // A value and its weight.

std::optional<double> median(std::vector<Weighted> values) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const double half =
      std::accumulate(values.begin(), values.end(), 0.0, [](double sum, const Weighted& v) { return sum + v.second; }) /
      2;
  double sum = 0;
  for (const auto& [value, weight] : values) {
    sum += weight;
    if (sum >= half) return value;
  }
  return values.back().first;
}

double wire_time(const table::Estimate& estimate, const std::optional<BitsPerSecond>& rate) {
  return rate ? seconds(rate->time_for(estimate.wire)) : 0;
}

bool loaded(const table::Cell& cell) {
  return cell.seen.edge_slowdown.value_or(1) > kLoaded;
}

// Returns the plan's network time in that cell less wire time and round trip, and its weight.
std::optional<Weighted> left_over(const table::PartitionTable& table, const table::Cell& cell, std::size_t plan,
                                  double slower) {
  const table::Cell& first = table.unstressed();
  const bool knows_rtt = first.seen.rtt.has_value();
  const auto rate = measured_uplink(cell);
  if ((!rate && &cell != &first) || (knows_rtt && !cell.seen.rtt)) return std::nullopt;
  const table::Estimate& estimate = cell.estimates[plan];
  const double wire = slower * wire_time(estimate, rate);
  const double rtt = knows_rtt ? seconds(*cell.seen.rtt) : 0;
  return Weighted(seconds(estimate.mean.network) - wire - rtt, 1 / (wire + 1e-3));
}

bool sends(const table::PartitionTable& table, std::size_t plan) {
  return table.unstressed().estimates[plan].plan.cut != table.edge_only().cut;
}

}  // namespace

std::optional<BitsPerSecond> measured_uplink(const table::Cell& cell) {
  return cell.seen.uplink ? cell.seen.uplink : cell.asked.uplink;
}

double wire_slower(const table::PartitionTable& table) {
  const table::Cell& first = table.unstressed();
  const auto fast = measured_uplink(first);
  if (!fast) return 1;
  std::vector<Weighted> ratios;
  for (const table::Cell& cell : table.cells()) {
    const auto rate = measured_uplink(cell);
    if (!rate || rate->value > fast->value / 2) continue;
    for (std::size_t i = 0; i < cell.estimates.size(); ++i) {
      const double more = wire_time(cell.estimates[i], rate) - wire_time(first.estimates[i], fast);
      const Duration took = cell.estimates[i].mean.network - first.estimates[i].mean.network;
      if (more > kTelling) ratios.emplace_back(seconds(took) / more, 1.0);
    }
  }
  return std::clamp(median(std::move(ratios)).value_or(1), 0.5, 2.0);
}

std::vector<Duration> network_overheads(const table::PartitionTable& table, double slower) {
  std::vector<Duration> overheads;
  for (std::size_t i = 0; i < table.unstressed().estimates.size(); ++i) {
    std::vector<Weighted> left;
    for (const table::Cell& cell : table.cells())
      if (const auto one = left_over(table, cell, i, slower); one && !loaded(cell)) left.push_back(*one);
    overheads.push_back(sends(table, i) ? from_seconds(median(std::move(left)).value_or(0)) : Duration{});
  }
  return overheads;
}

Duration EdgeLoad::more(double s) const {
  return from_seconds(seconds(network) * std::max(0.0, std::min(s, most) - 1));
}

EdgeLoad edge_load(const table::PartitionTable& table, double slower) {
  const std::vector<Duration> overheads = network_overheads(table, slower);
  EdgeLoad load;
  std::vector<Weighted> more;
  for (const table::Cell& cell : table.cells()) {
    if (!loaded(cell)) continue;
    const double slowdown = *cell.seen.edge_slowdown;
    load.most = std::max(load.most, slowdown);
    for (std::size_t i = 0; i < cell.estimates.size(); ++i)
      if (const auto one = left_over(table, cell, i, slower); one && sends(table, i))
        more.emplace_back((one->first - seconds(overheads[i])) / (slowdown - 1), one->second * (slowdown - 1));
  }
  load.network = from_seconds(std::max(0.0, median(std::move(more)).value_or(0)));
  return load;
}

std::optional<std::size_t> rehearsed(const table::PartitionTable& table, std::uint32_t deepest) {
  const auto& estimates = table.unstressed().estimates;
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < estimates.size(); ++i)
    if (estimates[i].plan.cut <= deepest && estimates[i].mean.head >= kTellingHead &&
        (!best || estimates[i].mean.head < estimates[*best].mean.head))
      best = i;
  return best;
}

}  // namespace tideline::predict
