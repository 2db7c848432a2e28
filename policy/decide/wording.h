// How policies name plans, and what all of them say alike. Pure functions. Thread-safe.
#pragma once

#include "policy/table/table.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace tideline {

// Names a plan by its cut when the table does not know it.
inline std::string shown(const Plan& plan) {
  return fmt::format("cut {} ({})", plan.cut, name(plan.codec));
}

inline std::string shown(const Estimate& estimate) {
  return fmt::format("cut {} ({}, {})", estimate.plan.cut, estimate.cut_name, name(estimate.plan.codec));
}

// A peer of which nothing is known is no peer: a request sent to it would have to be rescued.
inline bool has_peer(const Conditions& now) {
  return now.peer_up.value_or(false);
}

inline constexpr std::string_view kEdgeAlone = "the cloud is unreachable, so the edge serves alone";
inline constexpr std::string_view kNobody =
    "the cloud is unreachable and the edge may not serve alone, so requests fail until it is back";
inline constexpr std::string_view kNothingAllowed = "the table has no plan that is allowed; measure one with --profile";

}  // namespace tideline
