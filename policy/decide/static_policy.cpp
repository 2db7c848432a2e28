#include "policy/decide/static_policy.h"

#include "policy/decide/decision.h"
#include "policy/decide/wording.h"

#include <memory>
#include <utility>

namespace tideline::decide {

StaticPolicy::StaticPolicy(plan::Plan plan, plan::Plan edge_only, plan::Constraints constraints,
                           std::shared_ptr<const table::PartitionTable> table)
    : plan_(std::move(plan)),
      edge_only_(std::move(edge_only)),
      constraints_(std::move(constraints)),
      model_(table ? std::optional<predict::LatencyModel>(std::move(table)) : std::nullopt) {}

Decision StaticPolicy::decide(const Observation& seen) const {
  const bool away = plan_.cut != edge_only_.cut && !has_peer(seen.now);
  if (away && constraints_.allows(edge_only_, seen.sent_today))
    return serve_by(edge_only_, seen.current, std::string(kEdgeAlone), Reason::edge_alone);
  if (!constraints_.allows(plan_, seen.sent_today))
    return stay(fmt::format("{} is configured but not allowed", shown(plan_)), Reason::nothing_allowed);
  if (away) return serve_by(plan_, seen.current, std::string(kNobody), Reason::nobody);
  return serve_by(plan_, seen.current, fmt::format("{} is configured", shown(plan_)), Reason::configured);
}

std::shared_ptr<const table::Cell> StaticPolicy::predict(const Observation& seen) const {
  if (!model_) return nullptr;
  return std::make_shared<const table::Cell>(cell_of(model_->predict(seen.now, seen.residuals, seen.ratios), seen.now));
}

}  // namespace tideline::decide
