#include "policy/prediction.h"

#include "policy/slow_start.h"

namespace tideline {

Cell predicted(Cell cell, const Conditions& now, std::uint32_t last_cut) {
  const auto waits = [&](Bytes size) {
    const Duration stalled = now.uplink_stalled.value_or(Duration{});
    if (!now.uplink || !now.rtt || !now.uplink_window) return stalled;
    return stalled + slow_start_time(size, {*now.uplink, *now.rtt, *now.uplink_window});
  };
  for (Estimate& estimate : cell.estimates) {
    if (estimate.plan.cut == last_cut) continue;
    const Duration more = waits(estimate.wire);
    estimate.mean.network += more;
    estimate.p95 += more;
  }
  return cell;
}

}  // namespace tideline
