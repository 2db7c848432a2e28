#include "policy/predict/prediction.h"

#include "policy/predict/calibration.h"
#include "policy/predict/slow_start.h"

#include <algorithm>
#include <utility>

namespace tideline::predict {

namespace {

// Returns how much longer `to` bytes take than `from`; below zero if fewer.
Duration longer(Bytes from, Bytes to, const std::optional<BitsPerSecond>& rate) {
  if (!rate || from == to) return {};
  return to > from ? rate->time_for(Bytes{to.count - from.count}) : -rate->time_for(Bytes{from.count - to.count});
}

}  // namespace

table::Cell predicted(table::Cell cell, const Present& present, std::uint32_t last_cut) {
  const plan::Conditions& now = present.now;
  const std::optional<BitsPerSecond> rate = now.uplink ? now.uplink : measured_uplink(cell);
  const auto waits = [&](Bytes size) {
    const Duration stalled = now.uplink_stalled.value_or(Duration{});
    if (!now.uplink || !now.rtt || !now.uplink_window) return stalled;
    return stalled + slow_start_time(size, {*now.uplink, *now.rtt, *now.uplink_window});
  };
  for (table::Estimate& estimate : cell.estimates) {
    if (estimate.plan.cut == last_cut) continue;
    const Bytes measured = std::exchange(estimate.wire, expected(estimate.wire, present.ratios.of(estimate.plan)));
    const Duration network =
        std::max(Duration{}, estimate.mean.network + longer(measured, estimate.wire, rate)) + waits(estimate.wire);
    estimate.p95 += network - std::exchange(estimate.mean.network, network);
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
