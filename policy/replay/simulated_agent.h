// SimulatedAgent: runs the live agent's Controller, Dispatcher, Telemetry and Hedging in a World instead of on
// machines.
//
// It serves like engine and session (runtime/engine) and ticks like an agent. Events are simulated, decisions are not.
// Requests wait for one another as on machines (machines.h).
// Belongs to one thread.
//
//   SimulatedAgent agent(world, policy, {});
//   for (each request) agent.begin(at, world.dice(number));
//   agent.finish();
//   use(agent.took());  // Seconds, by request.
#pragma once

#include "policy/control/controller.h"
#include "policy/control/hedging.h"
#include "policy/control/rehearsal_budget.h"
#include "policy/dispatch/dispatcher.h"
#include "policy/estimate/telemetry.h"
#include "policy/replay/machines.h"
#include "policy/replay/simulated_link.h"
#include "policy/replay/world.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

namespace tideline::replay {

struct AgentOptions {
  Seconds tick = 0.1;
  Seconds patience = 1;  // The longest time that a request waits for the cloud, beyond the wait for other requests.
  // Of every request, as edge.deadline: what can end in time by no plan, because of others, is refused.
  std::optional<Seconds> deadline;
};

struct Counters {
  std::uint64_t moves = 0;
  std::uint64_t hedges = 0;  // Requests whose tail began here while the cloud could still answer.
  std::uint64_t won_here = 0;
  std::uint64_t kept_here = 0;  // Requests whose tail ran here because sending was no longer worthwhile.
  double probe_bytes = 0;
};

class SimulatedAgent {
 public:
  // The agent knows `known`, which need not be the table of `world`, but all its plans must be there.
  // REQUIRES: `world` outlives this; `policy` and `known` are not null.
  SimulatedAgent(const World& world, std::shared_ptr<const table::PartitionTable> known,
                 std::shared_ptr<const decide::Policy> policy, AgentOptions habits);

  // A request that deviates by `dice` arrives at `at`. First processes all events before `at`.
  // REQUIRES: `at` does not decrease.
  void begin(Seconds at, const Dice& dice);
  // Processes all events up to `until`.
  void advance(Seconds until) { happen(moment(until)); }
  // Processes all remaining events of the requests.
  void finish();

  // By request; infinite: it was refused. REQUIRES: finish() was called.
  const std::vector<Seconds>& took() const { return took_; }
  const estimate::Telemetry& telemetry() const { return telemetry_; }
  Counters counters() const;

 private:
  enum class Kind { tick, look, rehearsal_done };
  struct Event {
    TimePoint at;
    std::uint64_t order = 0;  // Orders events at the same time: first planned, first served.
    Kind kind = Kind::tick;
    std::size_t request = 0;
    bool operator<(const Event& other) const {  // The earliest is on top.
      return at != other.at ? at > other.at : order > other.order;
    }
  };
  struct Request {
    std::size_t plan = 0;
    std::uint64_t ticket = 0;  // Of the dispatcher.
    TimePoint began;
    std::optional<TimePoint> deadline;
    std::uint64_t head = 0;                   // Of Telemetry::head_began(); zero: none.
    std::optional<control::HedgedWait> wait;  // While the cloud is working on it.
    bool computing = true;                    // The edge is running its head or its tail, or will once a slot is free.
    bool hedged = false;
    bool ran_here = false;  // Its tail, or a part of it.
    bool done = false;
  };

  void refuse();  // The newest request.
  void plan_event(TimePoint at, Kind kind, std::size_t request = 0);
  void happen(TimePoint until);
  bool machines_are_next() const;
  void take(const Event& event);
  void take(const Machines::Event& event);

  void tick(TimePoint now);
  control::Controller::Activity activity() const;
  control::Controller::Seen look(TimePoint now) const;
  void decide(const control::Controller::Seen& seen, TimePoint now);
  void account(TimePoint now);
  bool computing() const;
  bool rehearse(const control::Controller::Seen& seen, TimePoint now);
  void end_rehearsal(TimePoint now, bool complete);

  void head_begins(Request& request, TimePoint now);
  void head_done(Request& request, std::size_t number, TimePoint now);
  void ready(Request& request, std::size_t number, TimePoint now);
  void look_at(Request& request, std::size_t number, TimePoint now);
  void run_here(Request& request, std::size_t number, TimePoint now);
  void answered(Request& request, std::size_t number, TimePoint now);
  void done(Request& request, std::size_t number, TimePoint now);

  const plan::Plan& plan(std::size_t index) const { return world_.table().unstressed().estimates[index].plan; }

  const World& world_;
  const AgentOptions habits_;
  control::Controller controller_;
  estimate::Telemetry telemetry_;
  control::Hedging hedging_;
  dispatch::Dispatcher dispatcher_;
  control::RehearsalBudget rehearsals_;
  SimulatedLink link_;
  Machines machines_;
  std::priority_queue<Event> events_;
  std::uint64_t planned_ = 0;
  std::size_t current_ = 0;                  // Index of the plan that serves unless the dispatcher chooses one.
  std::map<std::size_t, Request> requests_;  // In progress, and those whose answer may still come.
  std::size_t pending_ = 0;
  std::vector<Seconds> took_;
  struct Practice {
    TimePoint began, ends;
  };
  std::optional<Practice> rehearsal_;  // A running rehearsal of a head.
  Counters counters_;
  Duration process_{};  // CPU time of the agent so far.
};

}  // namespace tideline::replay
