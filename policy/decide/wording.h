// Words that all policies use: names of plans and common sentences. Pure functions. Thread-safe.
#pragma once

#include "policy/table/table.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace tideline::decide {

// Names a plan that the table does not have.
inline std::string shown(const plan::Plan& plan) {
  return fmt::format("cut {} ({})", plan.cut, name(plan.codec));
}

inline std::string shown(const table::Estimate& estimate) {
  return fmt::format("cut {} ({}, {})", estimate.plan.cut, estimate.cut_name, name(estimate.plan.codec));
}

// Returns true iff a peer is known to be up. With an unknown peer, a sent request would probably need a rescue.
inline bool has_peer(const plan::Conditions& now) {
  return now.peer_up.value_or(false);
}

inline constexpr std::string_view kEdgeAlone = "the cloud is unreachable, so the edge serves alone";
inline constexpr std::string_view kNobody =
    "the cloud is unreachable and edge-only is not allowed, so requests fail until the cloud is back";
inline constexpr std::string_view kNothingAllowed = "no plan of the table is allowed; measure one with --profile";

}  // namespace tideline::decide
