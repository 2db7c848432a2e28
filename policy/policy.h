// Policy: which plan to serve by, given what is seen now.
//
// Pure functions: no clock, no I/O, no memory; whatever a decision needs comes in with the question. Thread-safe.
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
#include <string_view>
#include <vector>

namespace tideline {

struct Observation {
  Conditions now;
  Plan current;
  HeadResiduals residuals{};          // Where the edge is slower at some cuts than at others.
  std::optional<Bytes> sent_today{};  // Where a budget of bytes is to be kept.
  WorkFunction work{};                // What the last decision gave.
  double requests = 1;                // That came since the last decision: what a work function adds up.
};

// Returns true iff the table has an allowed plan that sends something.
bool some_plan_sends(const PartitionTable& table, const Constraints& constraints);

// Why a plan serves from now on.
enum class Reason {
  configured,       // It is the only one that may be served.
  gain,             // It is better than the current one by enough to move.
  too_little_gain,  // It is the current one, and another is better by too little.
  best,             // It is the current one, and no other is better.
  not_allowed,      // The current one is not allowed.
  unknown_plan,     // The table does not have the current one.
  edge_alone,       // The cloud is unreachable.
  nobody,           // The cloud is unreachable and the edge may not serve alone: requests fail.
  nothing_allowed,  // No plan is allowed: it stays as it is.
};
std::string_view name(Reason reason);  // As the enumerators are spelt.

struct Decision {
  std::optional<Plan> move{};  // Nothing means stay.
  std::string why{};           // One sentence for the operator, whether it moves or stays.
  Reason reason = Reason::configured;
  // What forbids the plan that would be best if nothing did, in words; empty where that is the one that is allowed.
  std::vector<std::string_view> bound{};
  WorkFunction work{};  // Of a policy to which moving costs something; belongs into the next question.
};

class Policy {
 public:
  virtual ~Policy() = default;
  virtual Decision decide(const Observation& seen) const = 0;  // Never moves to a plan that is not allowed.

  // Returns the plan that it would serve by if moving were free; nothing where it knows of none that is allowed.
  virtual std::optional<Plan> preferred(const Observation& seen) const = 0;
  // Returns true iff some plan that it may choose sends something.
  virtual bool may_send() const = 0;
  virtual const Constraints& constraints() const = 0;
};

// Serves by one plan for ever; without a peer, by the edge alone, where that is allowed.
class StaticPolicy final : public Policy {
 public:
  StaticPolicy(Plan plan, Plan edge_only, Constraints constraints = {})
      : plan_(std::move(plan)), edge_only_(std::move(edge_only)), constraints_(std::move(constraints)) {}
  Decision decide(const Observation& seen) const override;
  std::optional<Plan> preferred(const Observation&) const override { return plan_; }
  bool may_send() const override { return plan_.cut != edge_only_.cut; }
  const Constraints& constraints() const override { return constraints_; }

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
  std::optional<Plan> preferred(const Observation& seen) const override;
  bool may_send() const override { return some_plan_sends(*table_, constraints_); }
  const Constraints& constraints() const override { return constraints_; }

 private:
  // Returns what the plans take in the nearest cell.
  Cell nearest(const Observation& seen) const;
  const Estimate* best(const Cell& cell, const Observation& seen) const;
  // Decides between the best allowed plan and the current one, which is allowed.
  Decision weigh(const Estimate& best, const Cell& cell, const Plan& current_plan) const;

  const std::shared_ptr<const PartitionTable> table_;
  const double hysteresis_;
  const Constraints constraints_;
};

}  // namespace tideline
