// StressAxes: where a cell lies on each axis of its grid, and an order in which the first cells represent all.
//
// Pure functions. Thread-safe.
#pragma once

#include "policy/plan/stress.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tideline::campaign {

// CPU and memory of the edge, those of the cloud, uplink, delay. More is more stress.
inline constexpr std::size_t kAxes = 6;
using AxisValues = std::array<double, kAxes>;

// Returns shares, minus the logarithm of the uplink's rate, and seconds of delay. An unshaped link is faster than any
// rate.
AxisValues axis_values(const plan::Stress& stress);

// Returns `among` in an order in which each cell is the farthest from the nearest of those before it, and from the
// first of `cells` ("maximin" designs: Johnson, Moore and Ylvisaker 1990). So corners come first, then the centres of
// axes. An axis counts by the ordinals of its levels. Equal distances: by number. After kMostSpread cells the rest
// follow by number. REQUIRES: there are cells.
inline constexpr std::size_t kMostSpread = 500;
std::vector<std::uint32_t> spread_out(std::span<const plan::Stress> cells, std::vector<std::uint32_t> among);

}  // namespace tideline::campaign
