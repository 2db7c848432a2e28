#include "policy/calibration.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

namespace tideline {
namespace {

constexpr double kTelling = 0.005;  // Seconds that the wire must have taken more for a ratio to mean something.

using Weighted = std::pair<double, double>;  // A value and its weight.

std::optional<double> median(std::vector<Weighted> values) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const double half =
      std::accumulate(values.begin(), values.end(), 0.0, [](double sum, const Weighted& v) { return sum + v.second; }) /
      2;
  double sum = 0;
  for (const auto& [value, weight] : values)
    if ((sum += weight) >= half) return value;
  return values.back().first;
}

double wire_time(const Estimate& estimate, const std::optional<BitsPerSecond>& rate) {
  return rate ? seconds(rate->time_for(estimate.wire)) : 0;
}

}  // namespace

std::optional<BitsPerSecond> measured_uplink(const Cell& cell) {
  return cell.seen.uplink ? cell.seen.uplink : cell.asked.uplink;
}

double wire_slower(const PartitionTable& table) {
  const Cell& first = table.unstressed();
  const auto fast = measured_uplink(first);
  if (!fast) return 1;
  std::vector<Weighted> ratios;
  for (const Cell& cell : table.cells()) {
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

std::vector<Duration> network_overheads(const PartitionTable& table, double slower) {
  const Cell& first = table.unstressed();
  const bool knows_rtt = first.seen.rtt.has_value();
  std::vector<Duration> overheads;
  for (std::size_t i = 0; i < first.estimates.size(); ++i) {
    std::vector<Weighted> left;
    for (const Cell& cell : table.cells()) {
      const Estimate& estimate = cell.estimates[i];
      const auto rate = measured_uplink(cell);
      if ((!rate && &cell != &first) || (knows_rtt && !cell.seen.rtt)) continue;
      const double wire = slower * wire_time(estimate, rate);
      const double rtt = knows_rtt ? seconds(*cell.seen.rtt) : 0;
      left.emplace_back(seconds(estimate.mean.network) - wire - rtt, 1 / (wire + 1e-3));
    }
    const bool sends = first.estimates[i].plan.cut != table.edge_only().cut;
    overheads.push_back(sends ? from_seconds(median(std::move(left)).value_or(0)) : Duration{});
  }
  return overheads;
}

}  // namespace tideline
