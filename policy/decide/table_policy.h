// TablePolicy: serves by the best allowed plan of the nearest measured cell of the table.
//
// It moves only for a gain of more than `hysteresis`, a share of the current plan's predicted latency. Without a peer
// the edge serves alone. If that is not allowed, the policy stays, because only the cloud can answer, and the cells
// were measured with a reachable cloud. Pure, immutable, thread-safe.
#pragma once

#include "policy/decide/policy.h"

#include <memory>
#include <optional>
#include <utility>

namespace tideline::decide {

class TablePolicy final : public Policy {
 public:
  TablePolicy(std::shared_ptr<const table::PartitionTable> table, double hysteresis, plan::Constraints constraints = {})
      : table_(std::move(table)), hysteresis_(hysteresis), constraints_(std::move(constraints)) {}
  PolicyKind kind() const override { return PolicyKind::table; }
  Decision decide(const Observation& seen) const override;
  // Returns the nearest measured cell plus what the link adds now.
  std::shared_ptr<const table::Cell> predict(const Observation& seen) const override;
  std::optional<plan::Plan> preferred(const Observation& seen) const override;
  bool may_send() const override { return some_plan_sends(*table_, constraints_); }
  const plan::Constraints& constraints() const override { return constraints_; }

 private:
  // Returns the nearest cell with its predictions.
  table::Cell nearest(const Observation& seen) const;
  const table::Estimate* best(const table::Cell& cell, const Observation& seen) const;
  // Chooses between the best allowed plan and the current plan. REQUIRES: the current plan is allowed.
  Decision weigh(const table::Estimate& best, const table::Cell& cell, const plan::Plan& current_plan) const;

  const std::shared_ptr<const table::PartitionTable> table_;
  const double hysteresis_;
  const plan::Constraints constraints_;
};

}  // namespace tideline::decide
