// Makes every kind of policy: the one list of those that there are.
#pragma once

#include "policy/decide/objective.h"
#include "policy/decide/policy.h"
#include "policy/plan/constraints.h"
#include "policy/table/table.h"
#include "runtime/base/result.h"
#include "runtime/base/time.h"

#include <memory>
#include <string_view>
#include <vector>

namespace tideline {

// What policies are made from; each takes what it needs.
struct PolicySettings {
  std::shared_ptr<const PartitionTable> table;  // Null where there is none.
  Plan plan;                                    // The one that a static policy holds.
  Plan edge_only;
  double hysteresis = 0.03;  // A share of the current plan's cost; 0 to 1.
  Duration swap_cost{};      // What moving costs.
  Objective objective;
  Constraints constraints;
};

// The names that users write: "adaptive", "table", "static".
std::string_view name(PolicyKind kind);
std::vector<PolicyKind> all_policies();
Result<PolicyKind> parse_policy(std::string_view text);  // Invalid, with the names that there are.

// Returns true iff the policy decides by a table.
bool needs_table(PolicyKind kind);

// REQUIRES: `settings.table` is not null where the policy needs one.
std::shared_ptr<const Policy> make_policy(PolicyKind kind, const PolicySettings& settings);

}  // namespace tideline
