// StaticPolicy: always serves by the same plan. Without a peer, the edge serves alone, if that is allowed.
//
// Pure, immutable, thread-safe.
#pragma once

#include "policy/decide/policy.h"

#include <memory>
#include <optional>
#include <utility>

namespace tideline::decide {

class StaticPolicy final : public Policy {
 public:
  // `table` serves only predict(); it may be null.
  StaticPolicy(plan::Plan plan, plan::Plan edge_only, plan::Constraints constraints = {},
               std::shared_ptr<const table::PartitionTable> table = nullptr);
  PolicyKind kind() const override { return PolicyKind::fixed; }
  Decision decide(const Observation& seen) const override;
  std::shared_ptr<const table::Cell> predict(const Observation& seen) const override;
  std::optional<plan::Plan> preferred(const Observation&) const override { return plan_; }
  bool may_send() const override { return plan_.cut != edge_only_.cut; }
  const plan::Constraints& constraints() const override { return constraints_; }

 private:
  const plan::Plan plan_;
  const plan::Plan edge_only_;
  const plan::Constraints constraints_;
  const std::optional<predict::LatencyModel> model_;
};

}  // namespace tideline::decide
