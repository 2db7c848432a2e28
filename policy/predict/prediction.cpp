#include "policy/predict/prediction.h"

#include "policy/predict/slow_start.h"

#include <algorithm>

namespace tideline::predict {

table::Cell predicted(table::Cell cell, const plan::Conditions& now, std::uint32_t last_cut) {
  const auto waits = [&](Bytes size) {
    const Duration stalled = now.uplink_stalled.value_or(Duration{});
    if (!now.uplink || !now.rtt || !now.uplink_window) return stalled;
    return stalled + slow_start_time(size, {*now.uplink, *now.rtt, *now.uplink_window});
  };
  for (table::Estimate& estimate : cell.estimates) {
    if (estimate.plan.cut == last_cut) continue;
    const Duration more = waits(estimate.wire);
    estimate.mean.network += more;
    estimate.p95 += more;
  }
  return cell;
}

std::optional<RemainingTime> remaining_time(const plan::Plan& plan, const table::Cell& cell,
                                            const plan::Plan& edge_only) {
  const table::Estimate* const estimate = cell.find(plan);
  const table::Estimate* const whole = cell.find(edge_only);
  if (!estimate || !whole || plan.cut == edge_only.cut) return std::nullopt;
  const table::Terms& mean = estimate->mean;
  return RemainingTime{mean.network + mean.queue + mean.tail, std::max(Duration{}, whole->mean.total() - mean.head)};
}

}  // namespace tideline::predict
