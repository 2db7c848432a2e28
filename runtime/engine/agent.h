// Agent: a thread's worth of Controller: reads the conditions, asks the controller, carries out what it says.
//
// tick() looks once, decides once, moves at most once. Without requests it leaves ticks out (Controller::rests). tick()
// and follow() belong to one thread; status() is thread-safe.
#pragma once

#include "policy/control/controller.h"
#include "policy/decide/policies.h"
#include "policy/table/table.h"
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
  std::vector<std::string_view> bound;  // What forbids the plan that would be best, in words.
  PolicyKind policy = PolicyKind::fixed;
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
    std::shared_ptr<const PartitionTable> table;  // Null when there is none.
    std::string table_fault{};                    // As in AgentStatus.
  };
  Agent(Parts parts, Rule rule);

  void tick(TimePoint now);
  void follow(Rule rule);

  std::shared_ptr<const AgentStatus> status() const { return status_.acquire(); }

 private:
  Controller::Activity activity(TimePoint now);
  Controller::Seen look(const Controller::Activity& activity, TimePoint now);
  bool rehearse(const Controller::Seen& seen, TimePoint now);
  void move(Decision& decision);
  void publish(const Controller::Seen& seen, Controller::Actions actions);

  const Parts parts_;
  LineLimit lines_{parts_.log};
  Controller controller_;  // Owned by the thread of tick(), as the next two.
  std::shared_ptr<const PartitionTable> table_;
  std::string table_fault_;
  Slot<AgentStatus> status_;
};

}  // namespace tideline
