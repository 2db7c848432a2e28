#include "policy/replay/player.h"

namespace tideline::replay {
namespace {

std::size_t place_of(const PartitionTable& table, const Plan& plan) {
  const auto& estimates = table.unstressed().estimates;
  for (std::size_t i = 0; i < estimates.size(); ++i)
    if (estimates[i].plan == plan) return i;
  return 0;
}

class AdaptiveRule final : public Rule {
 public:
  AdaptiveRule(std::shared_ptr<const PartitionTable> table, AdaptivePolicy::Options options)
      : policy_(std::move(table), options) {}

  Intent decide(const Observation& seen) const override {
    const Choice choice = policy_.choose(seen);
    const std::size_t plan = choice.serve == Choice::kNone ? choice.current : choice.serve;
    const Prediction& prediction = choice.predictions.plans.at(plan);
    if (prediction.estimate->plan.cut == policy_.model().table().edge_only().cut) return {plan, std::nullopt};
    return {plan, Rest{prediction.mean.remote(), prediction.local}};
  }
  const Policy& policy() const override { return policy_; }

 private:
  const AdaptivePolicy policy_;
};

class TableRule final : public Rule {
 public:
  TableRule(std::shared_ptr<const PartitionTable> table, double hysteresis)
      : table_(table), policy_(std::move(table), hysteresis) {}

  Intent decide(const Observation& seen) const override {
    const Plan plan = policy_.decide(seen).move.value_or(seen.current);
    const Plan whole = table_->edge_only();
    return {place_of(*table_, plan), rest_of(plan, predicted(table_->nearest(seen.now), seen.now, whole.cut), whole)};
  }
  const Policy& policy() const override { return policy_; }

 private:
  const std::shared_ptr<const PartitionTable> table_;
  const TablePolicy policy_;
};

}  // namespace

std::unique_ptr<Rule> adaptive_rule(std::shared_ptr<const PartitionTable> table, AdaptivePolicy::Options options) {
  return std::make_unique<AdaptiveRule>(std::move(table), options);
}

std::unique_ptr<Rule> table_rule(std::shared_ptr<const PartitionTable> table, double hysteresis) {
  return std::make_unique<TableRule>(std::move(table), hysteresis);
}

}  // namespace tideline::replay
