// Policy: which plan to serve by, given what is seen now.
//
// decide() is a pure function: no clock, no I/O, no memory; whatever a decision needs comes in with the question.
// Thread-safe.
#pragma once

#include "policy/conditions.h"
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
};

class Policy {
 public:
  virtual ~Policy() = default;
  virtual Decision decide(const Observation& seen) const = 0;
};

// Serves by one plan for ever; without a peer, by the edge alone.
class StaticPolicy final : public Policy {
 public:
  StaticPolicy(Plan plan, Plan edge_only) : plan_(std::move(plan)), edge_only_(std::move(edge_only)) {}
  Decision decide(const Observation& seen) const override;

 private:
  const Plan plan_;
  const Plan edge_only_;
};

// Serves by the best plan of the nearest measured cell; moves only for a gain of more than `hysteresis` (a share of the
// current plan's predicted latency); without a peer, by the edge alone.
class TablePolicy final : public Policy {
 public:
  TablePolicy(std::shared_ptr<const PartitionTable> table, double hysteresis)
      : table_(std::move(table)), hysteresis_(hysteresis) {}
  Decision decide(const Observation& seen) const override;

 private:
  const std::shared_ptr<const PartitionTable> table_;
  const double hysteresis_;
};

}  // namespace tideline
