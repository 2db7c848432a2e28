#include "policy/policy.h"

#include "policy/prediction.h"

namespace tideline {
namespace {

// Names a plan by its cut when the table does not know it.
std::string shown(const Plan& plan) {
  return fmt::format("cut {} ({})", plan.cut, name(plan.codec));
}

std::string shown(const Estimate& estimate) {
  return fmt::format("cut {} ({}, {})", estimate.plan.cut, estimate.cut_name, name(estimate.plan.codec));
}

Decision serve_by(const Plan& plan, const Plan& current, std::string why) {
  if (plan == current) return {std::nullopt, std::move(why)};
  return {plan, std::move(why)};
}

// A peer of which nothing is known is no peer: a request sent to it would have to be rescued.
bool has_peer(const Conditions& now) {
  return now.peer_up.value_or(false);
}

constexpr std::string_view kNobody =
    "the cloud is unreachable and the edge may not serve alone, so requests fail until it is back";

// "at 12 Mbit/s, edge 1.30 x slower", with what is not known left out, or said where it weighs.
std::string shown(const Conditions& now) {
  std::string text = now.uplink ? "at " + to_string(*now.uplink) : "with an uplink that nothing has told of yet";
  if (now.edge_slowdown) text += fmt::format(", edge {:.2f} x slower", *now.edge_slowdown);
  if (now.cloud_slowdown) text += fmt::format(", cloud {:.2f} x slower", *now.cloud_slowdown);
  if (now.uplink_stalled) text += ", uplink dark for " + to_string(*now.uplink_stalled);
  return text;
}

// Decides between the best allowed plan and the current one, which is allowed.
Decision weigh(const Estimate& best, const Cell& cell, const std::string& where, double hysteresis,
               const Plan& current_plan) {
  const Duration to = best.mean.total();
  const Estimate* current = cell.find(current_plan);
  if (!current)
    return {best.plan, fmt::format("{} is predicted at {} {}, and the table does not have the current {}", shown(best),
                                   to_string(to), where, shown(current_plan))};
  const Duration from = current->mean.total();
  if (from == to)
    return {std::nullopt,
            fmt::format("no plan is predicted below the {} of {} {}", to_string(from), shown(*current), where)};
  if (seconds(from - to) <= hysteresis * seconds(from))
    return {std::nullopt, fmt::format("{} is predicted at {} {}, too little below the {} of {} to move", shown(best),
                                      to_string(to), where, to_string(from), shown(*current))};
  return {best.plan, fmt::format("{} is predicted at {} against {} for {} {}", shown(best), to_string(to),
                                 to_string(from), shown(*current), where)};
}

Decision choose_from(const Cell& cell, const std::string& where, const Plan& edge_only, const Choice& choice,
                     const Observation& seen) {
  const Constraints& constraints = choice.constraints;
  const bool keeps = constraints.allows(seen.current);
  if (!has_peer(seen.now)) {
    if (constraints.allows(edge_only))
      return serve_by(edge_only, seen.current, "the cloud is unreachable, so the edge serves alone");
    if (keeps) return {std::nullopt, std::string(kNobody)};
  }
  const Estimate* const best = cell.best([&](const Plan& plan) { return constraints.allows(plan); });
  if (!best) return {std::nullopt, "the table has no plan that is allowed; measure one with --profile"};
  if (!keeps) return {best->plan, fmt::format("the current {} is not allowed", shown(seen.current))};
  return weigh(*best, cell, where, choice.hysteresis, seen.current);
}

Decision choose(Cell cell, const std::string& where, const Plan& edge_only, const Choice& choice,
                const Observation& seen) {
  Decision decision = choose_from(cell, where, edge_only, choice, seen);
  decision.by = std::move(cell);
  return decision;
}

}  // namespace

Decision StaticPolicy::decide(const Observation& seen) const {
  const bool away = plan_.cut != edge_only_.cut && !has_peer(seen.now);
  if (away && constraints_.allows(edge_only_))
    return serve_by(edge_only_, seen.current, "the cloud is unreachable, so the edge serves alone");
  if (!constraints_.allows(plan_)) return {std::nullopt, fmt::format("{} is configured but not allowed", shown(plan_))};
  if (away) return serve_by(plan_, seen.current, std::string(kNobody));
  return serve_by(plan_, seen.current, fmt::format("{} is configured", shown(plan_)));
}

Decision TablePolicy::decide(const Observation& seen) const {
  const Cell& nearest = table_->nearest(seen.now);
  const Plan edge_only = table_->edge_only();
  return choose(predicted(nearest, seen.now, edge_only.cut), "in the cell " + to_string(nearest.asked), edge_only,
                choice_, seen);
}

Decision AdaptivePolicy::decide(const Observation& seen) const {
  return choose(additive_.predict(seen.now), shown(seen.now), edge_only_, choice_, seen);
}

}  // namespace tideline
