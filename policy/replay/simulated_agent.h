// SimulatedAgent: the live agent's Controller, Telemetry and Hedging, driven by a World instead of machines.
//
// It serves as a session does (runtime/engine/session.h) and ticks as an agent does: only what happens is simulated,
// what is decided is not. Belongs to one thread.
//
//   SimulatedAgent agent(world, policy, {});
//   for (each request) agent.begin(at, courses);
//   agent.finish();
//   use(agent.took());  // Seconds, by request.
#pragma once

#include "policy/control/controller.h"
#include "policy/control/hedging.h"
#include "policy/control/rehearsal_budget.h"
#include "policy/estimate/telemetry.h"
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
  Seconds patience = 1;  // How long a request waits for the cloud at most.
};

struct Counters {
  std::uint64_t moves = 0;
  std::uint64_t hedges = 0;  // The tail began here while an answer could still come.
  std::uint64_t won_here = 0;
  std::uint64_t kept_here = 0;  // Requests whose tail ran here because sending was no longer expected to pay.
  double probe_bytes = 0;
};

class SimulatedAgent {
 public:
  // REQUIRES: `world` outlives this; `policy` is not null.
  SimulatedAgent(const World& world, std::shared_ptr<const Policy> policy, AgentOptions habits);

  // A request begins at `at`, and fares like `courses`, by plan. Everything before `at` happens first. REQUIRES: `at`
  // does not go back.
  void begin(Seconds at, const std::vector<RequestTimeline>& courses);
  // Lets everything happen up to `until`.
  void advance(Seconds until) { happen(moment(until)); }
  // Lets everything happen that is still to come of the requests.
  void finish();

  const std::vector<Seconds>& took() const { return took_; }  // By request; REQUIRES: finish() was called.
  const Telemetry& telemetry() const { return telemetry_; }
  Counters counters() const;

 private:
  enum class Kind { tick, head_done, ready, look, local_done, answer, rehearsal_done };
  struct Event {
    TimePoint at;
    std::uint64_t order = 0;  // Of events at the same time, the one that was planned first.
    Kind kind = Kind::tick;
    std::size_t request = 0;
    bool operator<(const Event& other) const {  // The earliest is on top.
      return at != other.at ? at > other.at : order > other.order;
    }
  };
  struct Request {
    std::size_t plan = 0;
    RequestTimeline course;
    TimePoint began;
    std::uint64_t head = 0;          // Of Telemetry::head_began(); zero: there is none.
    std::optional<HedgedWait> wait;  // While the cloud is asked.
    bool computing = true;           // On the edge: its head, or its tail.
    bool hedged = false;
    bool done = false;
  };

  void plan_event(TimePoint at, Kind kind, std::size_t request = 0);
  void happen(TimePoint until);
  void take(const Event& event);

  void tick(TimePoint now);
  Controller::Activity activity() const;
  Controller::Seen look(TimePoint now) const;
  void decide(const Controller::Seen& seen, TimePoint now);
  bool computing() const;
  bool rehearse(const Controller::Seen& seen, TimePoint now);
  void end_rehearsal(TimePoint now, bool complete);

  void head_done(Request& request, TimePoint now);
  void ready(Request& request, std::size_t number, TimePoint now);
  void look_at(Request& request, std::size_t number, TimePoint now);
  void answered(Request& request, std::size_t number, TimePoint now);
  void done(Request& request, std::size_t number, TimePoint now);

  const Plan& plan(std::size_t index) const { return world_.table().unstressed().estimates[index].plan; }

  const World& world_;
  const AgentOptions habits_;
  Controller controller_;
  Telemetry telemetry_;
  Hedging hedging_;
  RehearsalBudget rehearsals_;
  SimulatedLink link_;
  std::priority_queue<Event> events_;
  std::uint64_t planned_ = 0;
  std::size_t current_ = 0;                  // The index of the plan that serves.
  std::map<std::size_t, Request> requests_;  // Under way, and those whose answer may still come.
  std::size_t pending_ = 0;
  std::vector<Seconds> took_;
  struct Practice {
    TimePoint began, ends;
  };
  std::optional<Practice> rehearsal_;  // A head that is run for practice.
  Counters counters_;
};

}  // namespace tideline::replay
