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
#include "policy/work_function.h"

#include <memory>
#include <optional>
#include <string>

namespace tideline {

struct Observation {
  Conditions now;
  Plan current;
  HeadResiduals residuals{};          // Where the edge is slower at some cuts than at others.
  std::optional<Bytes> sent_today{};  // Where a budget of bytes is to be kept.
  WorkFunction work{};                // What the last decision gave.
};

struct Decision {
  std::optional<Plan> move;  // Nothing means stay.
  std::string why;           // One sentence for the operator, whether it moves or stays.
  WorkFunction work{};       // Of a policy to which moving costs something; belongs into the next question.
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

// Serves by the best allowed plan of the nearest measured cell; moves only for a gain of more than `hysteresis` (a
// share of the current plan's predicted latency); without a peer, by the edge alone. Where that is not allowed, it
// stays: only the cloud can answer, and the measured cells are of a cloud that is there.
class TablePolicy final : public Policy {
 public:
  TablePolicy(std::shared_ptr<const PartitionTable> table, double hysteresis, Constraints constraints = {})
      : table_(std::move(table)), hysteresis_(hysteresis), constraints_(std::move(constraints)) {}
  Decision decide(const Observation& seen) const override;

 private:
  // Decides between the best allowed plan and the current one, which is allowed.
  Decision weigh(const Estimate& best, const Cell& cell, const Plan& current_plan) const;

  const std::shared_ptr<const PartitionTable> table_;
  const double hysteresis_;
  const Constraints constraints_;
};

}  // namespace tideline
