// Policy: decides which plan serves requests, from the current observation.
//
// Policies are pure: no clock, no I/O, no state. Every input of a decision is in the Observation. Thread-safe.
//
//   Observation seen{.now = telemetry.read(now).now, .current = plan};
//   const Decision decision = policy->decide(seen);
//   if (decision.move) plan = *decision.move;  // decision.why says why, in one sentence.
//   seen.work = decision.work;                 // Input of the next decision.
#pragma once

#include "policy/decide/work_function.h"
#include "policy/dispatch/offer.h"
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

namespace tideline::decide {

struct Observation {
  plan::Conditions now;
  plan::Plan current;
  predict::Residuals residuals{};     // Slowdown of single cuts beside those of all of the edge and the cloud.
  predict::WireRatios ratios{};       // Bytes that requests send now, relative to the table.
  std::optional<Bytes> sent_today{};  // Needed if there is a daily byte budget.
  WorkFunction work{};                // Decision::work of the last decision.
  double requests = 1;                // Number of requests since the last decision; the work function adds their costs.
};

// Returns true iff the table has an allowed plan that sends something.
bool some_plan_sends(const table::PartitionTable& table, const plan::Constraints& constraints);

// Why a plan serves from now on. "Current" is the plan that has served so far.
enum class Reason {
  configured,       // It is the only configured plan.
  gain,             // It is better than the current plan by enough to move.
  too_little_gain,  // It is the current plan, and another one is better by too little.
  best,             // It is the current plan, and no other one is better.
  not_allowed,      // The current plan is not allowed.
  unknown_plan,     // The table does not have the current plan.
  edge_alone,       // The cloud is unreachable.
  nobody,           // The cloud is unreachable and the edge may not serve alone: requests fail.
  nothing_allowed,  // No plan is allowed: the current plan stays.
};
std::string_view name(Reason reason);  // Spelt as the enumerator.

struct Decision {
  std::optional<plan::Plan> move{};  // Absent: stay.
  std::string why{};                 // One sentence for the operator, with or without a move.
  Reason reason = Reason::configured;
  // The names of the constraints that forbid the cheapest plan; empty if the cheapest plan is allowed.
  std::vector<std::string_view> bound{};
  WorkFunction work{};  // Set by policies with a cost of moves; input of the next decision.
};

// policies.h names and makes them. The last two are simple rules of dispatch (dispatch/offer.h), for comparison.
enum class PolicyKind { adaptive, table, fixed, shortest_queue, least_work };

class Policy {
 public:
  virtual ~Policy() = default;
  virtual PolicyKind kind() const = 0;
  virtual Decision decide(const Observation& seen) const = 0;  // Never moves to a forbidden plan.

  // Returns the predictions of decide() for every plan; null if nothing is known of any plan.
  virtual std::shared_ptr<const table::Cell> predict(const Observation& seen) const = 0;

  // Returns the plan that would serve if moves were free; nothing if the policy knows no allowed plan.
  virtual std::optional<plan::Plan> preferred(const Observation& seen) const = 0;
  // Returns the plans among which each request gets its own under load; the usual one is seen.current, if that may
  // serve. Without any, all requests are served by the current plan.
  virtual dispatch::Offers offers(const Observation& /*seen*/) const { return {}; }
  // Returns true iff some plan that the policy may choose sends something.
  virtual bool may_send() const = 0;
  virtual const plan::Constraints& constraints() const = 0;
};

}  // namespace tideline::decide
