// Constraints: which plans may be served at all, whatever they are predicted to cost.
//
// A value. What is absent forbids nothing. Policies choose only among the plans that allows() accepts.
#pragma once

#include "policy/agreement.h"
#include "policy/plan.h"

#include <cstdint>
#include <optional>

namespace tideline {

struct Constraints {
  std::optional<std::uint32_t> deepest_cut;  // The last cut whose head the edge holds in memory.

  std::optional<Accuracy> accuracy;  // How near the answers must come to those in fp32.

  bool allows(const Plan& plan) const {
    return (!deepest_cut || plan.cut <= *deepest_cut) && (!accuracy || accuracy->allows(plan));
  }
  bool operator==(const Constraints&) const = default;
};

}  // namespace tideline
