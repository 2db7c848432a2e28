#include "profiler/campaign/grid.h"

#include "policy/table/input_limits.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tideline::campaign {
namespace {

Result<void> check_axes(const Grid& grid) {
  if (grid.uplink.empty()) return error(ErrorKind::invalid, "uplink: the axis is empty; name at least one bandwidth");
  for (const auto& rate : grid.uplink)
    if (rate && !(std::isfinite(rate->value) && rate->value > 0))
      return error(ErrorKind::invalid, "uplink: {} bit/s is not a positive rate", rate->value);
  if (grid.rtt.empty()) return error(ErrorKind::invalid, "rtt: the axis is empty; name at least one delay");
  for (const auto& delay : grid.rtt)
    if (delay && !(*delay > Duration::zero() && *delay <= table::kLongestDelay))
      return error(ErrorKind::invalid, "rtt: {} is not above 0 and at most {}", to_string(*delay),
                   to_string(table::kLongestDelay));
  const std::pair<std::string_view, const std::vector<double>&> axes[] = {{"edge_cpu", grid.edge_cpu},
                                                                          {"edge_memory", grid.edge_memory},
                                                                          {"cloud_cpu", grid.cloud_cpu},
                                                                          {"cloud_memory", grid.cloud_memory}};
  for (const auto& [axis, shares] : axes) {
    if (shares.empty()) return error(ErrorKind::invalid, "{}: the axis is empty; name at least one share", axis);
    for (const double share : shares)
      if (!(share >= 0 && share <= 1))
        return error(ErrorKind::invalid, "{}: {} is not a share; it must be within 0 to 1", axis, share);
  }
  return {};
}

// Absent sorts before any value.
template <typename T>
std::vector<T> rising(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

// Unshaped first, then from fast to slow.
std::vector<std::optional<BitsPerSecond>> slowing(std::vector<std::optional<BitsPerSecond>> rates) {
  std::sort(rates.begin(), rates.end(), [](const auto& a, const auto& b) {
    if (!a || !b) return !a && b;
    return a->value > b->value;
  });
  rates.erase(std::unique(rates.begin(), rates.end()), rates.end());
  return rates;
}

bool within_limit(const Grid& grid) {
  std::size_t cells = 1;
  for (const std::size_t axis : {grid.uplink.size(), grid.edge_cpu.size(), grid.edge_memory.size(),
                                 grid.cloud_cpu.size(), grid.cloud_memory.size(), grid.rtt.size()}) {
    if (axis > table::kMostCells / cells) return false;
    cells *= axis;
  }
  return true;
}

}  // namespace

Result<Grid> named_grid(std::string_view name) {
  if (name == "quick") return Grid{{50_Mbps, 10_Mbps, 2_Mbps}, {0, 1}, {0}, {0}, {0}};
  if (name == "seed") return Grid{{50_Mbps, 25_Mbps, 10_Mbps}, {0, 0.5, 1}, {0, 0.5, 1}, {0, 0.5, 1}, {0, 0.5, 1}};
  return error(ErrorKind::invalid, "\"{}\" is not a grid; write quick or seed", name.substr(0, 60));
}

Result<std::vector<plan::Stress>> cells_of(const Grid& grid) {
  if (auto ok = check_axes(grid); !ok) return ok.error();
  if (!within_limit(grid)) return error(ErrorKind::invalid, "the grid has more than {} cells", table::kMostCells);
  // The slowest load to impose is outermost: filling memory takes seconds, changing a rate takes no time.
  std::vector<plan::Stress> cells;
  for (const double edge_memory : rising(grid.edge_memory))
    for (const double cloud_memory : rising(grid.cloud_memory))
      for (const double cloud_cpu : rising(grid.cloud_cpu))
        for (const double edge_cpu : rising(grid.edge_cpu))
          for (const auto& delay : rising(grid.rtt))
            for (const auto& uplink : slowing(grid.uplink))
              cells.push_back({uplink, edge_cpu, edge_memory, cloud_cpu, cloud_memory, delay});
  return cells;
}

}  // namespace tideline::campaign
