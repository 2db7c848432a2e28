#include "policy/predict/certainty.h"

#include "policy/predict/calibration.h"
#include "policy/predict/envelope.h"

#include <algorithm>
#include <vector>

namespace tideline::predict {

std::optional<double> widest_interval(const table::PartitionTable& table) {
  const table::Cell& cell = table.unstressed();
  const auto uplink = measured_uplink(cell);
  std::vector<Line> lines;  // Seconds over the seconds of one bit.
  for (const table::Estimate& e : cell.estimates) {
    const double bits = static_cast<double>(e.wire.count) * 8;
    if (bits > 0 && !uplink) return std::nullopt;
    lines.push_back({seconds(e.mean.total()) - (bits > 0 ? bits / uplink->value : 0), bits});
  }
  const Envelope envelope(lines);
  double widest = 0;
  for (const std::size_t i : envelope.members()) {
    const table::Estimate& e = cell.estimates[i];
    if (!e.has_interval()) return std::nullopt;
    if (e.mean.total() > Duration{}) widest = std::max(widest, seconds(e.ci95) / seconds(e.mean.total()));
  }
  return widest;
}

}  // namespace tideline::predict
