// Policy: which plan to serve by, given what is seen now.
//
// Pure functions: no clock, no I/O, no memory; whatever a decision needs comes in with the question. Thread-safe.
#pragma once

#include "policy/decide/work_function.h"
#include "policy/plan/conditions.h"
#include "policy/plan/constraints.h"
#include "policy/plan/plan.h"
#include "policy/predict/latency_model.h"
#include "policy/table/table.h"

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

enum class PolicyKind { adaptive, table, fixed };  // policies.h names and makes them.

class Policy {
 public:
  virtual ~Policy() = default;
  virtual PolicyKind kind() const = 0;
  virtual Decision decide(const Observation& seen) const = 0;  // Never moves to a plan that is not allowed.

  // Returns what decide() expects of every plan under what is seen; null where nothing is known of any.
  virtual std::shared_ptr<const Cell> predict(const Observation& seen) const = 0;

  // Returns the plan that it would serve by if moving were free; nothing where it knows of none that is allowed.
  virtual std::optional<Plan> preferred(const Observation& seen) const = 0;
  // Returns true iff some plan that it may choose sends something.
  virtual bool may_send() const = 0;
  virtual const Constraints& constraints() const = 0;
};

}  // namespace tideline
