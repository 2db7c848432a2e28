// Policies: the list of all kinds of policy, with their names; makes each of them.
//
// Pure functions. Thread-safe.
//
//   PolicySettings settings{.table = table, .edge_only = table->edge_only()};
//   Result<PolicyKind> kind = parse_policy("adaptive");
//   if (!kind) return kind.error();
//   std::shared_ptr<const Policy> policy = make_policy(*kind, settings);
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

namespace tideline::decide {

// The settings of all policies; each policy uses the ones that it needs.
struct PolicySettings {
  std::shared_ptr<const table::PartitionTable> table;  // Null if there is none.
  plan::Plan plan;                                     // The plan that a static policy serves by.
  plan::Plan edge_only;
  double hysteresis = 0.03;  // A share of the current plan's cost; 0 to 1.
  Duration swap_cost{};      // Cost of a move.
  Objective objective;
  plan::Constraints constraints;
};

// The names that users write: "adaptive", "table", "static".
std::string_view name(PolicyKind kind);
std::vector<PolicyKind> all_policies();
Result<PolicyKind> parse_policy(std::string_view text);  // On error: invalid, with the known names.

// Returns true iff the policy needs a table.
bool needs_table(PolicyKind kind);

// REQUIRES: `settings.table` is not null if the policy needs a table.
std::shared_ptr<const Policy> make_policy(PolicyKind kind, const PolicySettings& settings);

}  // namespace tideline::decide
