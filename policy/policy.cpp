#include "policy/policy.h"

#include "policy/prediction.h"
#include "policy/wording.h"

#include <algorithm>
#include <array>

namespace tideline {
namespace {

Decision serve_by(const Plan& plan, const Plan& current, std::string why, Reason reason) {
  return {.move = plan == current ? std::nullopt : std::optional(plan), .why = std::move(why), .reason = reason};
}

Decision stay(std::string why, Reason reason) {
  return {.why = std::move(why), .reason = reason};
}

}  // namespace

std::string_view name(Reason reason) {
  constexpr std::array<std::string_view, 9> kNames{"configured", "gain",        "too_little_gain",
                                                   "best",       "not_allowed", "unknown_plan",
                                                   "edge_alone", "nobody",      "nothing_allowed"};
  return kNames[static_cast<std::size_t>(reason)];
}

bool some_plan_sends(const PartitionTable& table, const Constraints& constraints) {
  return std::ranges::any_of(table.unstressed().estimates, [&](const Estimate& e) {
    return e.plan.cut != table.edge_only().cut && constraints.allows(e.plan);
  });
}

Decision StaticPolicy::decide(const Observation& seen) const {
  const bool away = plan_.cut != edge_only_.cut && !has_peer(seen.now);
  if (away && constraints_.allows(edge_only_, seen.sent_today))
    return serve_by(edge_only_, seen.current, std::string(kEdgeAlone), Reason::edge_alone);
  if (!constraints_.allows(plan_, seen.sent_today))
    return stay(fmt::format("{} is configured but not allowed", shown(plan_)), Reason::nothing_allowed);
  if (away) return serve_by(plan_, seen.current, std::string(kNobody), Reason::nobody);
  return serve_by(plan_, seen.current, fmt::format("{} is configured", shown(plan_)), Reason::configured);
}

Decision TablePolicy::decide(const Observation& seen) const {
  const bool keeps = constraints_.allows(seen.current, seen.sent_today);
  if (!has_peer(seen.now)) {
    if (constraints_.allows(table_->edge_only(), seen.sent_today))
      return serve_by(table_->edge_only(), seen.current, std::string(kEdgeAlone), Reason::edge_alone);
    if (keeps) return stay(std::string(kNobody), Reason::nobody);
  }
  const Cell cell = nearest(seen);
  const Estimate* const best = this->best(cell, seen);
  if (!best) return stay(std::string(kNothingAllowed), Reason::nothing_allowed);
  Decision decision =
      keeps ? weigh(*best, cell, seen.current)
            : serve_by(best->plan, seen.current, fmt::format("the current {} is not allowed", shown(seen.current)),
                       Reason::not_allowed);
  const Estimate* const free = cell.best([](const Plan&) { return true; });
  decision.bound = forbidding(constraints_, free->plan, seen.sent_today);
  return decision;
}

std::optional<Plan> TablePolicy::preferred(const Observation& seen) const {
  const Cell cell = nearest(seen);
  const Estimate* const best = this->best(cell, seen);
  return best ? std::optional(best->plan) : std::nullopt;
}

Cell TablePolicy::nearest(const Observation& seen) const {
  return predicted(table_->nearest(seen.now), seen.now, table_->edge_only().cut);
}

const Estimate* TablePolicy::best(const Cell& cell, const Observation& seen) const {
  return cell.best([&](const Plan& plan) { return constraints_.allows(plan, seen.sent_today); });
}

Decision TablePolicy::weigh(const Estimate& best, const Cell& cell, const Plan& current_plan) const {
  const Duration to = best.mean.total();
  const std::string where = "in the cell " + to_string(cell.asked);
  const Estimate* current = cell.find(current_plan);
  if (!current)
    return serve_by(best.plan, current_plan,
                    fmt::format("{} is predicted at {} {}, and the table does not have the current {}", shown(best),
                                to_string(to), where, shown(current_plan)),
                    Reason::unknown_plan);
  const Duration from = current->mean.total();
  if (from == to)
    return stay(fmt::format("no plan is predicted below the {} of {} {}", to_string(from), shown(*current), where),
                Reason::best);
  if (seconds(from - to) <= hysteresis_ * seconds(from))
    return stay(fmt::format("{} is predicted at {} {}, too little below the {} of {} to move", shown(best),
                            to_string(to), where, to_string(from), shown(*current)),
                Reason::too_little_gain);
  return serve_by(best.plan, current_plan,
                  fmt::format("{} is predicted at {} against {} for {} {}", shown(best), to_string(to), to_string(from),
                              shown(*current), where),
                  Reason::gain);
}

}  // namespace tideline
