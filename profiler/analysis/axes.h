// Axes: the kinds of stress that conditions differ by, and the level of each that a condition is on. Pure functions.
#pragma once

#include "policy/plan/stress.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

// The link's, the edge's, the cloud's; named as to_string(Stress) names them.
inline constexpr std::size_t kUplink = 0, kDelay = 1, kEdgeCpu = 2, kEdgeMemory = 3, kCloudCpu = 4, kCloudMemory = 5;
inline constexpr std::size_t kAxes = 6;

std::string_view axis_name(std::size_t axis);                       // "uplink", "delay", "edge cpu"
std::string level_name(const Stress& condition, std::size_t axis);  // "10 Mbit/s", "20 ms", "50 %"

// The levels that occur, the least stressed first, and by condition the index into them.
struct Levels {
  std::vector<std::string> names;
  std::vector<std::uint32_t> of;
};
Levels levels_of(std::span<const Stress> conditions, std::size_t axis);

// Returns true iff the conditions are on more than one level.
bool varies(std::span<const Stress> conditions, std::size_t axis);

}  // namespace tideline
