#include "policy/policy.h"

#include "policy/prediction.h"
#include "policy/wording.h"

namespace tideline {
namespace {

Decision serve_by(const Plan& plan, const Plan& current, std::string why) {
  if (plan == current) return {std::nullopt, std::move(why)};
  return {plan, std::move(why)};
}

}  // namespace

Decision StaticPolicy::decide(const Observation& seen) const {
  const bool away = plan_.cut != edge_only_.cut && !has_peer(seen.now);
  if (away && constraints_.allows(edge_only_, seen.sent_today))
    return serve_by(edge_only_, seen.current, std::string(kEdgeAlone));
  if (!constraints_.allows(plan_, seen.sent_today))
    return {std::nullopt, fmt::format("{} is configured but not allowed", shown(plan_))};
  if (away) return serve_by(plan_, seen.current, std::string(kNobody));
  return serve_by(plan_, seen.current, fmt::format("{} is configured", shown(plan_)));
}

Decision TablePolicy::decide(const Observation& seen) const {
  const bool keeps = constraints_.allows(seen.current, seen.sent_today);
  if (!has_peer(seen.now)) {
    if (constraints_.allows(table_->edge_only(), seen.sent_today))
      return serve_by(table_->edge_only(), seen.current, std::string(kEdgeAlone));
    if (keeps) return {std::nullopt, std::string(kNobody)};
  }
  const Cell cell = predicted(table_->nearest(seen.now), seen.now, table_->edge_only().cut);
  const Estimate* const best = cell.best([&](const Plan& plan) { return constraints_.allows(plan, seen.sent_today); });
  if (!best) return {std::nullopt, std::string(kNothingAllowed)};
  if (!keeps) return {best->plan, fmt::format("the current {} is not allowed", shown(seen.current))};
  return weigh(*best, cell, seen.current);
}

Decision TablePolicy::weigh(const Estimate& best, const Cell& cell, const Plan& current_plan) const {
  const Duration to = best.mean.total();
  const std::string where = "in the cell " + to_string(cell.asked);
  const Estimate* current = cell.find(current_plan);
  if (!current)
    return {best.plan, fmt::format("{} is predicted at {} {}, and the table does not have the current {}", shown(best),
                                   to_string(to), where, shown(current_plan))};
  const Duration from = current->mean.total();
  if (from == to)
    return {std::nullopt,
            fmt::format("no plan is predicted below the {} of {} {}", to_string(from), shown(*current), where)};
  if (seconds(from - to) <= hysteresis_ * seconds(from))
    return {std::nullopt, fmt::format("{} is predicted at {} {}, too little below the {} of {} to move", shown(best),
                                      to_string(to), where, to_string(from), shown(*current))};
  return {best.plan, fmt::format("{} is predicted at {} against {} for {} {}", shown(best), to_string(to),
                                 to_string(from), shown(*current), where)};
}

}  // namespace tideline
