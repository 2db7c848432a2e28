// Grid: the conditions that a campaign measures under, as the cross product of its axes.
//
// Pure functions. Thread-safe.
//
//   Result<Grid> grid = named_grid("quick");
//   if (!grid) return grid.error();
//   grid->edge_memory = {0, 0.5};
//   const Result<std::vector<Stress>> cells = cells_of(*grid);  // 3 x 2 x 2 cells, the least stressed first.
#pragma once

#include "policy/table/table.h"
#include "runtime/base/result.h"

#include <optional>
#include <string_view>
#include <vector>

namespace tideline::campaign {

struct Grid {
  std::vector<std::optional<BitsPerSecond>> uplink{std::nullopt};  // Nothing means unshaped.
  std::vector<double> edge_cpu{0};
  std::vector<double> edge_memory{0};
  std::vector<double> cloud_cpu{0};
  std::vector<double> cloud_memory{0};
  std::vector<std::optional<Duration>> rtt{std::nullopt};  // Added to every round trip; nothing means none.
};

// "quick": 3 bandwidths x edge CPU idle and loaded. "seed": the 3^5 grid of McNamee et al., "A Case For Adaptive Deep
// Neural Networks in Edge Computing", IEEE CLOUD 2021. Returns invalid for another name.
Result<Grid> named_grid(std::string_view name);

// Returns the cells, the least stressed first. Returns invalid if an axis is empty, a share is not within 0 to 1, a
// rate is not positive, or a delay is not above 0 and at most 10 s.
Result<std::vector<plan::Stress>> cells_of(const Grid& grid);

}  // namespace tideline::campaign
