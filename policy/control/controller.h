// Controller: decides what an agent does: serve by which plan, probe the link, rehearse a head, hedge which requests.
//
// The one place of these decisions: the live agent (runtime/engine/agent.h) drives it with real events, a replay
// (policy/replay/simulated_agent.h) with simulated ones. A value: what is seen and the time come in, actions go out.
// Belongs to one thread.
//
//   if (controller.rests(activity, now)) return;
//   if (controller.rehearsal(seen, now) != Rehearsal::none) run_head(*controller.rehearsed());
//   const Controller::Actions actions = controller.tick(seen, now);
//   if (actions.probe) send_probe(*actions.probe);
//   if (actions.decision.move) serve_by(*actions.decision.move);
//   hedging.expect(actions.forecast);
#pragma once

#include "policy/control/hedging.h"
#include "policy/control/probe_gate.h"
#include "policy/control/rehearsal_gate.h"
#include "policy/decide/policy.h"
#include "policy/estimate/telemetry.h"
#include "policy/table/table.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace tideline {

class Controller {
 public:
  // `table` may be null: then heads are not rehearsed, and requests are not hedged. The edge holds the heads of all
  // cuts up to `deepest_cut`. REQUIRES: `policy` is not null.
  Controller(std::shared_ptr<const Policy> policy, std::shared_ptr<const PartitionTable> table,
             std::uint32_t deepest_cut, RehearsalTimes rehearsing = {});

  // Decides by another policy and table from now on.
  void follow(std::shared_ptr<const Policy> policy, std::shared_ptr<const PartitionTable> table);

  const Policy& policy() const { return *policy_; }

  // What requests have done so far, and whether there is a cloud.
  struct Activity {
    std::uint64_t requests = 0;  // Done since the start, failed ones included.
    std::uint64_t pending = 0;   // Under way now.
    std::optional<bool> peer_up;
  };
  // Returns true iff this tick may be left out. Without requests ticks become rarer, up to one in two seconds; a
  // request or a change of the peer brings them back at once. (Many idle models would else take much of a small
  // machine.)
  bool rests(const Activity& activity, TimePoint now);

  struct Seen {
    Telemetry::Reading told;  // With the readings of all other sensors in told.now.
    Plan current;
    Activity activity;
    std::optional<Bytes> sent_today;
  };

  // The plan whose head tells how fast the edge is; absent without a table.
  const std::optional<Plan>& rehearsed() const { return rehearsed_; }
  // Returns whether a head should be run for practice now.
  Rehearsal rehearsal(const Seen& seen, TimePoint now);

  struct Actions {
    Decision decision;
    std::optional<Bytes> probe;             // Send so many bytes, to be stamped and dropped.
    std::shared_ptr<const Cell> predicted;  // What every plan is predicted to take; null where nothing is known.
    Hedging::Forecast forecast;             // When requests are to be hedged from now on.
  };
  Actions tick(const Seen& seen, TimePoint now);

 private:
  Observation observation(const Seen& seen) const;
  std::optional<Bytes> probe(const Observation& observation, const Seen& seen, TimePoint now);
  Hedging::Forecast forecast(const Cell* predicted) const;

  std::shared_ptr<const Policy> policy_;
  std::shared_ptr<const PartitionTable> table_;
  const std::uint32_t deepest_cut_;
  const RehearsalTimes rehearsing_;
  std::optional<Plan> rehearsed_;
  ProbeGate probes_;
  WorkFunction work_;
  std::uint64_t decided_requests_ = 0;     // Activity::requests at the last decision.
  std::optional<TimePoint> last_request_;  // When there was one last; before any, the first tick.
  std::optional<TimePoint> last_tick_;     // The last that was not left out.
  std::optional<bool> peer_up_;            // Then.
  std::optional<TimePoint> last_head_;     // When a head was timed last, and the conditions then.
  Conditions at_last_head_;
};

}  // namespace tideline
