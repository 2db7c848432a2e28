// Prediction: adjusts a measured cell to the current conditions.
//
// Pure functions. Thread-safe.
#pragma once

#include "policy/plan/conditions.h"
#include "policy/predict/wire_ratios.h"
#include "policy/table/table.h"

#include <cstdint>
#include <optional>

namespace tideline::predict {

// The conditions, and how many bytes requests send now.
struct Present {
  const plan::Conditions& now;
  const WireRatios& ratios;
};

// Returns `cell` with the network time of every plan that sends adjusted to the bytes that requests send now, and with
// two delays added. During a stall, a request waits at least as long as the uplink has stalled so far. With a small TCP
// window, as after a pause, a request loses round trips that the measured requests, sent back to back, did not lose.
// `last_cut` is edge-only.
table::Cell predicted(table::Cell cell, const Present& present, std::uint32_t last_cut);

// The rest of a request once its tensors are encoded.
struct RemainingTime {
  Duration remote{};  // Until the cloud's answer arrives.
  Duration local{};   // Running the tail on the edge.

  bool operator==(const RemainingTime&) const = default;
};
// Returns the remaining time of `plan` in a predicted cell; nothing for edge-only, or if the cell lacks a needed value.
std::optional<RemainingTime> remaining_time(const plan::Plan& plan, const table::Cell& cell,
                                            const plan::Plan& edge_only);

}  // namespace tideline::predict
