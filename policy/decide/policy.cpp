#include "policy/decide/policy.h"

#include <algorithm>
#include <array>

namespace tideline::decide {

std::string_view name(Reason reason) {
  constexpr std::array<std::string_view, 9> kNames{"configured", "gain",        "too_little_gain",
                                                   "best",       "not_allowed", "unknown_plan",
                                                   "edge_alone", "nobody",      "nothing_allowed"};
  return kNames[static_cast<std::size_t>(reason)];
}

bool some_plan_sends(const table::PartitionTable& table, const plan::Constraints& constraints) {
  return std::ranges::any_of(table.unstressed().estimates, [&](const table::Estimate& e) {
    return e.plan.cut != table.edge_only().cut && constraints.allows(e.plan);
  });
}

}  // namespace tideline::decide
