// StaticPolicy: always serves by the same plan. Without a peer, the edge serves alone, if that is allowed.
//
// Pure, immutable, thread-safe.
#pragma once

#include "policy/decide/policy.h"

#include <memory>
#include <optional>
#include <utility>

namespace tideline {

class StaticPolicy final : public Policy {
 public:
  // `table` serves only predict(); it may be null.
  StaticPolicy(Plan plan, Plan edge_only, Constraints constraints = {},
               std::shared_ptr<const PartitionTable> table = nullptr);
  PolicyKind kind() const override { return PolicyKind::fixed; }
  Decision decide(const Observation& seen) const override;
  std::shared_ptr<const Cell> predict(const Observation& seen) const override;
  std::optional<Plan> preferred(const Observation&) const override { return plan_; }
  bool may_send() const override { return plan_.cut != edge_only_.cut; }
  const Constraints& constraints() const override { return constraints_; }

 private:
  const Plan plan_;
  const Plan edge_only_;
  const Constraints constraints_;
  const std::optional<LatencyModel> model_;
};

}  // namespace tideline
