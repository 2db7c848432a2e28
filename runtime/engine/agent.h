// Agent: looks at the conditions, asks the policy, moves the cut.
//
// tick() looks once, decides once, moves at most once. tick() and follow() belong to one thread; status() is
// thread-safe.
#pragma once

#include "policy/additive.h"
#include "policy/policy.h"
#include "policy/table.h"
#include "runtime/base/log.h"
#include "runtime/base/slot.h"
#include "runtime/engine/engine.h"
#include "runtime/monitor/monitor.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tideline {

// What an operator may want to know; replaced as a whole at each tick.
struct AgentStatus {
  Conditions now;
  Plan plan;
  std::string why;                              // Of the last decision.
  std::string policy;                           // "adaptive", "table", "static"
  std::shared_ptr<const PartitionTable> table;  // Null when there is none.
  std::shared_ptr<const Cell> predicted;        // What every plan is predicted to take; null without a table.
  std::uint64_t ticks = 0;
  std::uint64_t moves = 0;
};

class Agent {
 public:
  struct Parts {
    Engine* engine = nullptr;
    Monitor* monitor = nullptr;
    const Traffic* traffic = nullptr;
    Duration rehearse_after = std::chrono::seconds(1);  // Time a head on zeros when no request has run one for so long.
    Log log;
  };
  // What the agent goes by; replaced as a whole when the operator wants another.
  struct Rule {
    std::shared_ptr<const Policy> policy;
    std::string name;                             // Of the policy, for the operator.
    std::shared_ptr<const PartitionTable> table;  // Null when there is none.
    Constraints constraints;                      // Of the policy; they hold for requests that force a plan, too.
  };
  Agent(Parts parts, Rule rule);

  void tick(TimePoint now);
  void follow(Rule rule);

  std::shared_ptr<const AgentStatus> status() const { return status_.acquire(); }

 private:
  void rehearse(TimePoint now) const;

  const Parts parts_;
  Rule rule_;                                   // Owned by the thread of tick(), as are the next two.
  std::unique_ptr<const AdditiveModel> model_;  // Null without a table.
  std::optional<Plan> rehearsed_;               // The plan whose head is rehearsed; absent without a table.
  Slot<AgentStatus> status_;
};

}  // namespace tideline
