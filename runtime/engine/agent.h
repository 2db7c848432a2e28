// Agent: moves the cut of one engine: reads the conditions, asks the Controller for a decision, and carries it out.
//
//   Agent agent({.engine = &engine, .monitor = &monitor, .traffic = &traffic, .log = log}, {policy, table});
//   agent.tick(Clock::now());             // About ten times a second.
//   agent.follow({other_policy, table});  // After a change of the config.
//   const auto status = agent.status();
//
// tick() reads once, decides once, and moves the cut at most once. Without requests it skips ticks
// (Controller::rests), but for what keeps the network ready. tick() and follow() belong to one thread; status() is
// thread-safe.
#pragma once

#include "policy/control/controller.h"
#include "policy/control/cooling.h"
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

namespace tideline::engine {

// What an operator may want to see; replaced as a whole at each tick.
struct AgentStatus {
  plan::Conditions now;
  plan::Plan plan;
  std::string why;  // `why`, `reason` and `bound` are those of the last decision.
  decide::Reason reason = decide::Reason::configured;
  std::vector<std::string_view> bound;  // The constraints that forbid the otherwise best plan, in words.
  std::string accuracy;                 // What plans must keep to, in words; empty: anything.
  decide::PolicyKind policy = decide::PolicyKind::fixed;
  std::shared_ptr<const table::PartitionTable> table;  // Null when there is none.
  std::string table_fault;                             // Why the given table is not used; empty if it is used.
  estimate::TableFit::Verdict fit;                     // Whether the machines are still as the table says.
  std::shared_ptr<const table::Cell> predicted;        // The predicted times of every plan; null without a table.
  // Bytes that requests of the plan send now, over those of the table; absent if they are fixed, or not known yet.
  std::optional<double> wire_ratio;
  std::uint64_t ticks = 0;
  std::uint64_t moves = 0;      // Of the usual plan.
  RecentPlans::Counts shares;   // By which plans the last requests were served.
  SharedDispatcher::Load load;  // Of all models of this edge.
};

class Agent {
 public:
  struct Parts {
    Engine* engine = nullptr;
    monitor::Monitor* monitor = nullptr;
    const monitor::Traffic* traffic = nullptr;
    control::RehearsalTimes rehearsing{};  // When a head runs on zeros because no request ran one,
    control::Cooling::Options cooling{};   // and when the whole does.
    Log log;
    std::function<void(const AgentStatus&)> on_decision{};  // Called after each tick, on its thread; may be empty.
  };
  // The policy and table that the agent follows; replaced as a whole. The policy's constraints also hold for requests
  // that force a plan.
  struct Rule {
    std::shared_ptr<const decide::Policy> policy;
    std::shared_ptr<const table::PartitionTable> table;  // Null when there is none.
    std::string table_fault{};                           // As in AgentStatus.
  };
  Agent(Parts parts, Rule rule);

  void tick(TimePoint now);
  void follow(Rule rule);

  std::shared_ptr<const AgentStatus> status() const { return status_.acquire(); }

 private:
  control::Controller::Activity activity(TimePoint now);
  control::Controller::Seen look(const control::Controller::Activity& activity, TimePoint now);
  bool rehearse(control::Rehearsal head, TimePoint now);
  bool ended(Rehearsals::Of of, const Result<Engine::Rehearsed>& ran, TimePoint now);
  Result<Engine::Rehearsed> rehearse_whole(TimePoint now);
  bool is_cold(TimePoint now) const;
  void move(decide::Decision& decision);
  void tell_of_fit(const AgentStatus& before, const AgentStatus& after);
  void publish(const control::Controller::Seen& seen, control::Controller::Actions actions, TimePoint now);

  const Parts parts_;
  LineLimit lines_{parts_.log};
  // From here to table_fault_: owned by the thread of tick().
  control::Cooling cooling_;
  control::Controller controller_;
  std::shared_ptr<const table::PartitionTable> table_;
  std::string table_fault_;
  Slot<AgentStatus> status_;
};

}  // namespace tideline::engine
