// Policy: which plan to serve by, given what is seen now.
//
// decide() is a pure function: no clock, no I/O, no memory; whatever a decision needs comes in with the question.
// Thread-safe.
#pragma once

#include "policy/additive.h"
#include "policy/conditions.h"
#include "policy/constraints.h"
#include "policy/plan.h"
#include "policy/table.h"

#include <memory>
#include <optional>
#include <string>

namespace tideline {

struct Observation {
  Conditions now;
  Plan current;
};

struct Decision {
  std::optional<Plan> move;  // Nothing means stay.
  std::string why;           // One sentence for the operator, whether it moves or stays.
  std::optional<Cell> by;    // What every plan was predicted to take; absent where nothing was predicted.
};

class Policy {
 public:
  virtual ~Policy() = default;
  virtual Decision decide(const Observation& seen) const = 0;  // Never moves to a plan that is not allowed.
};

// Serves by one plan for ever; without a peer, by the edge alone, where that is allowed.
class StaticPolicy final : public Policy {
 public:
  StaticPolicy(Plan plan, Plan edge_only, Constraints constraints = {})
      : plan_(std::move(plan)), edge_only_(std::move(edge_only)), constraints_(std::move(constraints)) {}
  Decision decide(const Observation& seen) const override;

 private:
  const Plan plan_;
  const Plan edge_only_;
  const Constraints constraints_;
};

// How a policy that predicts chooses: the best allowed plan, for a gain of more than `hysteresis` (a share of the
// current plan's predicted latency); without a peer, the edge alone. Where that is not allowed, it stays: only the
// cloud can answer, and what is predicted is of a cloud that is there.
struct Choice {
  double hysteresis = 0.03;
  Constraints constraints;
};

// Goes by the nearest measured cell.
class TablePolicy final : public Policy {
 public:
  TablePolicy(std::shared_ptr<const PartitionTable> table, Choice choice)
      : table_(std::move(table)), choice_(std::move(choice)) {}
  Decision decide(const Observation& seen) const override;

 private:
  const std::shared_ptr<const PartitionTable> table_;
  const Choice choice_;
};

// Goes by what is predicted between the measured cells and beyond.
class AdaptivePolicy final : public Policy {
 public:
  AdaptivePolicy(const std::shared_ptr<const PartitionTable>& table, Choice choice)
      : edge_only_(table->edge_only()), additive_(table), choice_(std::move(choice)) {}
  Decision decide(const Observation& seen) const override;

 private:
  const Plan edge_only_;
  const Additive additive_;
  const Choice choice_;
};

}  // namespace tideline
