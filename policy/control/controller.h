// Controller: decides at each tick which plan serves, and whether to probe, rehearse or hedge.
//
// All these decisions are made here. The live agent (runtime/engine/agent.h) drives it with real events, a replay
// (policy/replay/simulated_agent.h) with simulated ones. A value: observations and the time come in, actions go out.
// Belongs to one thread.
//
//   if (controller.rests(activity, now)) return;
//   if (controller.rehearsal(seen, now) != Rehearsal::none) run_head(*controller.rehearsed());
//   const Controller::Actions actions = controller.tick(seen, now);
//   if (actions.probe) send_probe(*actions.probe);
//   if (actions.decision.move) serve_by(*actions.decision.move);
//   hedging.expect(actions.forecast);
//   dispatcher.offer(model, actions.offers);
#pragma once

#include "policy/control/hedging.h"
#include "policy/control/probe_gate.h"
#include "policy/control/rehearsal_gate.h"
#include "policy/decide/policy.h"
#include "policy/dispatch/offer.h"
#include "policy/estimate/telemetry.h"
#include "policy/table/table.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace tideline::control {

class Controller {
 public:
  // `table` may be null: then heads are not rehearsed, and requests are not hedged. The edge's memory holds the heads
  // of all cuts up to `deepest_cut`. REQUIRES: `policy` is not null.
  Controller(std::shared_ptr<const decide::Policy> policy, std::shared_ptr<const table::PartitionTable> table,
             std::uint32_t deepest_cut, RehearsalTimes rehearsing = {});

  // Uses another policy and table from now on.
  void follow(std::shared_ptr<const decide::Policy> policy, std::shared_ptr<const table::PartitionTable> table);

  const decide::Policy& policy() const { return *policy_; }

  // The requests so far, and whether the cloud is up.
  struct Activity {
    std::uint64_t requests = 0;  // Completed since the start, failed ones included.
    std::uint64_t pending = 0;   // In progress now.
    std::optional<bool> peer_up;
  };
  // Returns true iff this tick may be skipped. Without requests, ticks become rarer, down to one every two seconds. A
  // request or a change of the peer brings them back at once. (Else many idle models would load a small machine.)
  bool rests(const Activity& activity, TimePoint now);

  struct Seen {
    estimate::Telemetry::Reading told;  // With the readings of all other sensors in told.now.
    plan::Plan current;
    Activity activity;
    std::optional<Bytes> sent_today;
  };

  // The plan whose head is rehearsed, that is run to measure the edge's speed; absent without a table.
  const std::optional<plan::Plan>& rehearsed() const { return rehearsed_; }
  // Returns whether to rehearse a head now.
  Rehearsal rehearsal(const Seen& seen, TimePoint now);

  struct Actions {
    decide::Decision decision;
    std::optional<Bytes> probe;                    // Send a probe of this size; the cloud stamps and drops it.
    std::shared_ptr<const table::Cell> predicted;  // Predicted values of every plan; null if nothing is known.
    Hedging::Forecast forecast;                    // When to hedge requests from now on.
    dispatch::Offers offers;                       // Among which each request gets its plan from now on.
  };
  Actions tick(const Seen& seen, TimePoint now);

 private:
  decide::Observation observation(const Seen& seen) const;
  std::optional<Bytes> probe(const decide::Observation& observation, const Seen& seen, TimePoint now);
  Hedging::Forecast forecast(const table::Cell* predicted) const;

  std::shared_ptr<const decide::Policy> policy_;
  std::shared_ptr<const table::PartitionTable> table_;
  const std::uint32_t deepest_cut_;
  const RehearsalTimes rehearsing_;
  std::optional<plan::Plan> rehearsed_;
  ProbeGate probes_;
  decide::WorkFunction work_;
  std::uint64_t decided_requests_ = 0;     // Activity::requests at the last decision.
  std::optional<TimePoint> last_request_;  // Time of the last request; before any, of the first tick.
  std::optional<TimePoint> last_tick_;     // The last one that was not skipped.
  std::optional<bool> peer_up_;            // At the last tick.
  std::optional<TimePoint> last_head_;     // When a head was last timed; the conditions then are in at_last_head_.
  plan::Conditions at_last_head_;
};

}  // namespace tideline::control
