#include "policy/decide/table_policy.h"

#include "policy/decide/decision.h"
#include "policy/decide/wording.h"
#include "policy/predict/prediction.h"

namespace tideline::decide {

Decision TablePolicy::decide(const Observation& seen) const {
  const bool keeps = constraints_.allows(seen.current, seen.sent_today);
  if (!has_peer(seen.now)) {
    if (constraints_.allows(table_->edge_only(), seen.sent_today))
      return serve_by(table_->edge_only(), seen.current, std::string(kEdgeAlone), Reason::edge_alone);
    if (keeps) return stay(std::string(kNobody), Reason::nobody);
  }
  const table::Cell cell = nearest(seen);
  const table::Estimate* const best = this->best(cell, seen);
  if (!best) return stay(std::string(kNothingAllowed), Reason::nothing_allowed);
  Decision decision =
      keeps ? weigh(*best, cell, seen.current)
            : serve_by(best->plan, seen.current, fmt::format("the current {} is not allowed", shown(seen.current)),
                       Reason::not_allowed);
  const table::Estimate* const free = cell.best([](const plan::Plan&) { return true; });
  decision.bound = forbidding(constraints_, free->plan, seen.sent_today);
  return decision;
}

std::optional<plan::Plan> TablePolicy::preferred(const Observation& seen) const {
  const table::Cell cell = nearest(seen);
  const table::Estimate* const best = this->best(cell, seen);
  return best ? std::optional(best->plan) : std::nullopt;
}

table::Cell TablePolicy::nearest(const Observation& seen) const {
  return predict::predicted(table_->nearest(seen.now), {seen.now, seen.ratios}, table_->edge_only().cut);
}

const table::Estimate* TablePolicy::best(const table::Cell& cell, const Observation& seen) const {
  return cell.best([&](const plan::Plan& plan) { return constraints_.allows(plan, seen.sent_today); });
}

Decision TablePolicy::weigh(const table::Estimate& best, const table::Cell& cell,
                            const plan::Plan& current_plan) const {
  const Duration to = best.mean.total();
  const std::string where = "in the cell " + to_string(cell.asked);
  const table::Estimate* current = cell.find(current_plan);
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

std::shared_ptr<const table::Cell> TablePolicy::predict(const Observation& seen) const {
  return std::make_shared<const table::Cell>(nearest(seen));
}

}  // namespace tideline::decide
