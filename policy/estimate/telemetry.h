// Telemetry: turns events of requests, probes and the link into the current conditions.
//
// This is the only place where events become Conditions. The live agent feeds it from real requests
// (runtime/monitor/traffic.h), a replay from simulated requests, the profiler from its measurements. Slowdowns and
// the bytes of requests are relative to the table's unstressed cell; without a table there are none. A value: events
// and times come in, readings go out. Belongs to one thread.
//
//   Telemetry telemetry(table);
//   telemetry.on_head(plan, 12ms, now);                     // A head has run.
//   telemetry.on_link_sample({.uplink = Rate{...}, .at = now});
//   const Conditions& conditions = telemetry.read(now).now;
#pragma once

#include "policy/estimate/estimators.h"
#include "policy/estimate/sent_ratios.h"
#include "policy/estimate/slowdown.h"
#include "policy/estimate/table_fit.h"
#include "policy/plan/conditions.h"
#include "policy/plan/link_sample.h"
#include "policy/predict/residuals.h"
#include "policy/table/table.h"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace tideline::estimate {

class Telemetry {
 public:
  // `table` may be null.
  explicit Telemetry(std::shared_ptr<const table::PartitionTable> table) { relate_to(std::move(table)); }

  // From now on slowdowns, sent bytes and the fit are relative to this table. It may be null.
  void relate_to(std::shared_ptr<const table::PartitionTable> table);

  // A head of `plan` took `head`; a tail in the cloud took `tail`. Ignores plans that the table does not have.
  void on_head(const plan::Plan& plan, Duration head, TimePoint at);
  void on_tail(const plan::Plan& plan, Duration tail, TimePoint at);
  void on_head_waited(double share);  // The thread of a head waited for a CPU for this share of its time, 0 to 1.
  void on_throttled(std::optional<double> share);    // Of its periods in which a CPU quota had run out, 0 to 1.
  void on_cloud_queue(Duration wait, TimePoint at);  // A request waited this long for a compute slot in the cloud.
  // What a request of `plan` sends has been encoded in `wire` bytes. Ignores plans that the table does not have.
  void on_encoded(const plan::Plan& plan, Bytes wire, TimePoint at);
  void on_sent();  // A request or a probe was handed to the link.
  void on_link_sample(const plan::LinkSample& sample);

  // Reports the start of a head and returns its number for head_ended(). While the head runs, its time so far, less the
  // usual variation of its cut, is a lower bound of the edge's slowdown. So a load shows before the first request is
  // done.
  std::uint64_t head_began(const plan::Plan& plan, TimePoint at);
  void head_ended(std::uint64_t head) { running_.erase(head); }

  // Forgets the RTT samples. Call this after the path was made longer or shorter on purpose.
  void forget_round_trips() { round_trips_.clear(); }

  struct Reading {
    // A stall counts with its observed length while it lasts. Once it is over, it counts as at most the edge-only
    // latency, and halves every second. A cloud slowdown above 1, of all cuts or one, loses half its logarithm every 5
    // s without a new reading. The cloud's queue halves every second.
    plan::Conditions now;
    predict::Residuals residuals;  // Relative to now.edge_slowdown and now.cloud_slowdown.
    predict::WireRatios ratios;
    TableFit::Verdict fit;  // Of the table; without one there is no misfit.
    std::optional<TimePoint> last_uplink;
    bool uplink_is_bound = false;  // What was sent last was too short to tell more than a lower bound.
    std::optional<TimePoint> last_head;
    bool uploading = false;  // Sent bytes may still be unacknowledged.
  };
  // Returns the conditions at `now`. `others` holds the readings of other sensors; uplink, round trip, stall, slowdowns
  // and the cloud's queue are filled in.
  Reading read(TimePoint now, const plan::Conditions& others = {}) const;

  // Returns true iff an upload stalls at `now`.
  bool is_stalled(TimePoint now) const;

 private:
  struct RunningHead {
    TimePoint began;
    std::uint32_t cut = 0;
    Duration unstressed{};
  };
  // A tail that at `at` had been unanswered in the cloud for `took`.
  struct HeldTail {
    TimePoint at;
    Duration took;
    Duration unstressed;
  };
  using Timed = std::pair<TimePoint, Duration>;

  void on_observed_tail(const plan::ObservedTail& tail, TimePoint at);
  void on_round_trip(Duration rtt, TimePoint at);
  bool edge_is_busy() const;
  bool cloud_is_busy(Duration tail, TimePoint at) const;
  std::optional<Duration> round_trip(TimePoint now) const;  // The smallest of the last 10 s.
  std::optional<double> edge_slowdown(TimePoint now) const;
  std::optional<double> cloud_slowdown(TimePoint now) const;
  std::optional<double> slowdown_by_held_tail(TimePoint now) const;
  std::optional<Duration> stall(TimePoint now) const;
  std::optional<Duration> edge_alone() const;  // The edge-only latency.

  // An edge may be far from its table, by another machine, a load or a quota, and these do not slow all heads alike. A
  // cloud seldom is, but its first tail is cold and takes four to six times as long.
  static constexpr Slowdown::Prior kEdge{.common = 1, .own = 0.09};
  static constexpr Slowdown::Prior kCloud{.common = 0.09, .own = 0.01};

  std::shared_ptr<const table::PartitionTable> table_;
  LogKalman uplink_;
  Slowdown edge_{kEdge};
  std::optional<double> waited_, throttled_;
  std::optional<TableFit> fit_;  // Absent without a table.
  Slowdown cloud_{kCloud};
  SentRatios ratios_;
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

}  // namespace tideline::estimate
