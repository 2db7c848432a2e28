#include "profiler/analysis/axes.h"

#include <algorithm>
#include <array>
#include <limits>

namespace tideline::analysis {
namespace {

constexpr std::array<std::string_view, kAxes> kAxisNames{"uplink",      "delay",     "edge cpu",
                                                         "edge memory", "cloud cpu", "cloud memory"};

// Returns a number that rises with stress.
double place_of(const plan::Stress& stress, std::size_t axis) {
  const std::array<double, kAxes> places{
      stress.uplink ? -stress.uplink->value : -std::numeric_limits<double>::infinity(),
      seconds(stress.delay.value_or(Duration{})),
      stress.edge_cpu,
      stress.edge_memory,
      stress.cloud_cpu,
      stress.cloud_memory};
  return places[axis];
}

}  // namespace

std::string_view axis_name(std::size_t axis) {
  return kAxisNames[axis];
}

std::string level_name(const plan::Stress& condition, std::size_t axis) {
  if (axis == kUplink) return condition.uplink ? to_string(*condition.uplink) : "unshaped";
  if (axis == kDelay) return condition.delay ? tideline::to_string(*condition.delay) : "0 ms";
  return share_to_string(place_of(condition, axis));
}

Levels levels_of(std::span<const plan::Stress> conditions, std::size_t axis) {
  std::vector<double> places;
  for (const plan::Stress& stress : conditions) places.push_back(place_of(stress, axis));
  std::vector<double> distinct = places;
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  Levels levels;
  levels.names.resize(distinct.size());
  for (std::size_t c = 0; c < places.size(); ++c) {
    const auto at = std::ranges::lower_bound(distinct, places[c]) - distinct.begin();
    levels.of.push_back(static_cast<std::uint32_t>(at));
    levels.names[static_cast<std::size_t>(at)] = level_name(conditions[c], axis);
  }
  return levels;
}

bool varies(std::span<const plan::Stress> conditions, std::size_t axis) {
  return levels_of(conditions, axis).names.size() > 1;
}

}  // namespace tideline::analysis
