// Agent: looks at the conditions, asks the policy, moves the cut.
//
// tick() looks once, decides once, moves at most once; where nobody asks for long, it rests at most of its calls, two
// seconds at the longest, unless a peer comes or goes. tick() and follow() belong to one thread; status() is
// thread-safe.
#pragma once

#include "policy/additive.h"
#include "policy/policy.h"
#include "policy/probe_gate.h"
#include "policy/rehearsal_gate.h"
#include "policy/table.h"
#include "runtime/base/line_limit.h"
#include "runtime/base/slot.h"
#include "runtime/engine/engine.h"
#include "runtime/monitor/monitor.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

// What an operator may want to know; replaced as a whole at each tick.
struct AgentStatus {
  Conditions now;
  Plan plan;
  std::string why;  // Of the last decision, as are the next two.
  Reason reason = Reason::configured;
  std::vector<std::string_view> bound;          // What forbids the plan that would be best, in words.
  std::string policy;                           // "adaptive", "table", "static"
  std::shared_ptr<const PartitionTable> table;  // Null when there is none.
  std::string table_fault;                      // Why the one that is given is not used; empty where it is.
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
    RehearsalTimes rehearsing{};  // When a head is timed on zeros because no request has run one.
    Log log;
    std::function<void(const AgentStatus&)> on_decision{};  // Called after each tick, on its thread; may be empty.
  };
  // What the agent goes by; replaced as a whole when the operator wants another. The policy's constraints hold for
  // requests that force a plan, too.
  struct Rule {
    std::shared_ptr<const Policy> policy;
    std::string name;                             // Of the policy, for the operator.
    std::shared_ptr<const PartitionTable> table;  // Null when there is none.
    std::string table_fault{};                    // As in AgentStatus.
  };
  Agent(Parts parts, Rule rule);

  void tick(TimePoint now);
  void follow(Rule rule);

  std::shared_ptr<const AgentStatus> status() const { return status_.acquire(); }

 private:
  Observation look(TimePoint now);
  void hear(Observation& seen, TimePoint now);
  bool rehearse(const Observation& seen, TimePoint now);
  bool rests(TimePoint now);
  void probe(const Observation& seen, TimePoint now);
  Decision decide(const Observation& seen);

  const Parts parts_;
  LineLimit lines_{parts_.log};
  Rule rule_;                                   // Owned by the thread of tick(), as is all below.
  std::unique_ptr<const AdditiveModel> model_;  // Null without a table.
  std::optional<Plan> rehearsed_;               // The plan whose head is rehearsed; absent without a table.
  std::optional<TimePoint> last_head_;          // When a head was timed last, and what was seen then.
  Conditions at_last_head_;
  ProbeGate gate_;
  WorkFunction work_;
  std::uint64_t served_ = 0;             // Requests up to the last decision.
  std::optional<TimePoint> last_asked_;  // When there was a request last, or, before any, the first tick.
  std::optional<TimePoint> last_tick_;   // That was no rest.
  std::optional<bool> peer_up_;          // Then.
  Slot<AgentStatus> status_;
};

}  // namespace tideline
