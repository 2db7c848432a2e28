#include "profiler/campaign/stress_axes.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tideline::campaign {
namespace {

constexpr double kUnshaped = 1e15;  // Bits per second.

// Replaces the values of each axis by 0 to 1: the share of its levels that are lower.
std::vector<AxisValues> by_level(std::span<const plan::Stress> cells) {
  std::vector<AxisValues> all;
  all.reserve(cells.size());
  for (const plan::Stress& cell : cells) all.push_back(axis_values(cell));
  for (std::size_t axis = 0; axis < kAxes; ++axis) {
    std::vector<double> levels;
    levels.reserve(all.size());
    for (const AxisValues& values : all) levels.push_back(values[axis]);
    std::ranges::sort(levels);
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    const double steps = std::max(1.0, static_cast<double>(levels.size()) - 1);
    for (AxisValues& values : all)
      values[axis] = static_cast<double>(std::ranges::lower_bound(levels, values[axis]) - levels.begin()) / steps;
  }
  return all;
}

double squared_distance(const AxisValues& a, const AxisValues& b) {
  double sum = 0;
  for (std::size_t i = 0; i < kAxes; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace

AxisValues axis_values(const plan::Stress& s) {
  const double rate = s.uplink ? s.uplink->value : kUnshaped;
  return {s.edge_cpu, s.edge_memory, s.cloud_cpu, s.cloud_memory, -std::log(rate), s.delay ? seconds(*s.delay) : 0};
}

std::vector<std::uint32_t> spread_out(std::span<const plan::Stress> cells, std::vector<std::uint32_t> among) {
  std::ranges::sort(among);
  const std::vector<AxisValues> places = by_level(cells);
  std::vector<double> away(among.size(), std::numeric_limits<double>::infinity());
  const auto come_nearer = [&](const AxisValues& chosen) {
    for (std::size_t i = 0; i < among.size(); ++i)
      away[i] = std::min(away[i], squared_distance(places[among[i]], chosen));
  };
  come_nearer(places.front());
  std::vector<std::uint32_t> order;
  while (!among.empty() && order.size() < kMostSpread) {
    const auto farthest = std::ranges::max_element(away) - away.begin();
    order.push_back(among[static_cast<std::size_t>(farthest)]);
    among.erase(among.begin() + farthest);
    away.erase(away.begin() + farthest);
    come_nearer(places[order.back()]);
  }
  order.insert(order.end(), among.begin(), among.end());
  return order;
}

}  // namespace tideline::campaign
