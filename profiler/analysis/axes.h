// Axes: the kinds of stress that conditions differ in, and each condition's level on them. Pure functions. Thread-safe.
#pragma once

#include "policy/plan/stress.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::analysis {

// Axes of the link, the edge and the cloud; named as to_string(Stress) names them.
inline constexpr std::size_t kUplink = 0, kDelay = 1, kEdgeCpu = 2, kEdgeMemory = 3, kCloudCpu = 4, kCloudMemory = 5;
inline constexpr std::size_t kAxes = 6;

std::string_view axis_name(std::size_t axis);                             // "uplink", "delay", "edge cpu"
std::string level_name(const plan::Stress& condition, std::size_t axis);  // "10 Mbit/s", "20 ms", "50 %"

// The levels that occur, the least stressed first, and the index into them by condition.
struct Levels {
  std::vector<std::string> names;
  std::vector<std::uint32_t> of;
};
Levels levels_of(std::span<const plan::Stress> conditions, std::size_t axis);

// Returns true iff the conditions have more than one level on the axis.
bool varies(std::span<const plan::Stress> conditions, std::size_t axis);

}  // namespace tideline::analysis
