// Telemetry: turns what requests, probes and looks at the link reveal into the current conditions.
//
// The one place where events become Conditions: the live agent feeds it from real requests (runtime/monitor/traffic.h),
// a replay from simulated ones, the profiler from its measurements. Slowdowns are relative to the unstressed cell of
// the table, so without a table there are none. A value: events and times come in, readings go out. Belongs to one
// thread.
//
//   Telemetry telemetry(table);
//   telemetry.on_head(plan, 12ms, now);                     // A head has run.
//   telemetry.on_link_sample({.uplink = Rate{...}, .at = now});
//   const Conditions& conditions = telemetry.read(now).now;
#pragma once

#include "policy/estimate/estimators.h"
#include "policy/estimate/slowdown.h"
#include "policy/plan/conditions.h"
#include "policy/plan/link_sample.h"
#include "policy/table/table.h"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace tideline {

class Telemetry {
 public:
  // `table` may be null.
  explicit Telemetry(std::shared_ptr<const PartitionTable> table) : table_(std::move(table)) {}

  // From now on slowdowns are relative to this table; null as above.
  void relate_to(std::shared_ptr<const PartitionTable> table) { table_ = std::move(table); }

  // A head of `plan` took `head`; a tail in the cloud took `tail`. Plans that the table does not have are ignored.
  void on_head(const Plan& plan, Duration head, TimePoint at);
  void on_tail(const Plan& plan, Duration tail, TimePoint at);
  void on_head_waited(double share);  // The thread of a head waited for a CPU for that share of its time, 0 to 1.
  void on_cloud_queue(Duration wait, TimePoint at);  // A request waited this long for a compute slot in the cloud.
  void on_sent();                                    // A request or a probe is handed to the link.
  void on_link_sample(const LinkSample& sample);

  // A head began; head_ended() takes the number that this returns. Until then the edge counts as at least as slow as
  // that head has taken so far, less the usual scatter of its cut. So a load shows before the first request is through.
  std::uint64_t head_began(const Plan& plan, TimePoint at);
  void head_ended(std::uint64_t head) { running_.erase(head); }

  // Drops the round trips seen so far. Call it when the path has been made longer or shorter on purpose.
  void forget_round_trips() { round_trips_.clear(); }

  struct Reading {
    // A stall lasts as long as it has been seen to; once it is over, it counts as at most what the edge alone takes for
    // an inference, and half as much every second. A cloud slowdown above 1 loses half its logarithm every 5 s while
    // nothing confirms it. The cloud's queue halves every second.
    Conditions now;
    HeadResiduals residuals;  // By cut, beside now.edge_slowdown.
    std::optional<TimePoint> last_uplink;
    std::optional<TimePoint> last_head;
    bool uploading = false;  // Something that was sent may still be under way.
  };
  // Returns what is known at `now`: `others`, the readings of other sensors, with uplink, round trip, stall, slowdowns
  // and the cloud's queue filled in.
  Reading read(TimePoint now, const Conditions& others = {}) const;

  // Returns true iff an upload stalls at `now`.
  bool is_stalled(TimePoint now) const;

 private:
  struct RunningHead {
    TimePoint began;
    std::uint32_t cut = 0;
    Duration unstressed{};
  };
  // A tail that the cloud had had for `took`, unanswered, at `at`.
  struct HeldTail {
    TimePoint at;
    Duration took;
    Duration unstressed;
  };
  using Timed = std::pair<TimePoint, Duration>;

  void on_observed_tail(const ObservedTail& tail, TimePoint at);
  void on_round_trip(Duration rtt, TimePoint at);
  std::optional<Duration> round_trip(TimePoint now) const;  // The smallest of the last 10 s.
  std::optional<double> edge_slowdown(TimePoint now) const;
  std::optional<double> cloud_slowdown(TimePoint now) const;
  std::optional<double> slowdown_by_held_tail(TimePoint now) const;
  std::optional<Duration> stall(TimePoint now) const;
  std::optional<Duration> edge_alone() const;  // What the edge takes for a whole inference.

  std::shared_ptr<const PartitionTable> table_;
  LogKalman uplink_;
  HeadSlowdown edge_;
  std::optional<double> waited_;
  LogKalman cloud_;
  std::deque<Timed> round_trips_;
  std::optional<Timed> stall_;
  std::optional<TimePoint> stalled_at_;  // When an upload was last seen to stall.
  std::optional<Timed> queue_;
  std::optional<Bytes> window_;
  bool uploading_ = false;
  std::map<std::uint64_t, RunningHead> running_;
  std::uint64_t heads_ = 0;
  std::optional<HeldTail> held_;
};

}  // namespace tideline
