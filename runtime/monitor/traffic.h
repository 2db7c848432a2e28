// Traffic: what real requests have told about the edge, the link and the cloud.
//
// Sessions and links write to it, the Monitor reads it. Slowdowns are relative to the unstressed cell of the table, so
// without a table there are none. Thread-safe.
#pragma once

#include "policy/estimators.h"
#include "policy/slowdown.h"
#include "policy/table.h"
#include "runtime/base/slot.h"
#include "runtime/base/time.h"
#include "runtime/monitor/sent_bytes.h"
#include "runtime/net/link.h"

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

namespace tideline {

class Traffic final : public LinkListener {
 public:
  // `table` may be null. `sent` is shared by all models whose requests go the same way.
  explicit Traffic(std::shared_ptr<const PartitionTable> table,
                   std::shared_ptr<SentBytes> sent = std::make_shared<SentBytes>())
      : table_(std::move(table)), sent_(std::move(sent)) {}

  // From now on slowdowns are relative to this table; null as above.
  void relate_to(std::shared_ptr<const PartitionTable> table) { table_.publish(std::move(table)); }

  // A head of `plan` took `head`; a tail in the cloud took `tail`. Plans that the table does not know are ignored.
  void on_head(const Plan& plan, Duration head, TimePoint at);
  void on_tail(const Plan& plan, Duration tail, TimePoint at);
  void on_head_waited(double share);  // The thread of a head waited for a CPU for that share of its time, 0 to 1.
  void on_cloud_queue(Duration wait, TimePoint at);  // A request waited so long for its turn in the cloud.
  void on_sample(const LinkSample& sample) override;
  void on_sent(Bytes bytes, TimePoint at) { sent_->add(bytes, at); }

  // What was told of round trips so far was of another way: one that has been made longer or shorter on purpose.
  void forget_round_trips();

  // A head that still runs. For as long as the watch lives, the edge is at least as slow as that head has taken so far,
  // but for what heads of that cut vary by: so a load is seen before the first request is through. With no traffic,
  // nothing is watched.
  class HeadWatch;

  struct Reading {
    std::optional<BitsPerSecond> uplink;
    std::optional<BitsPerSecond> uplink_usual;  // Over the last minute.
    std::optional<double> uplink_sd;            // Of ln(uplink), by now.
    std::optional<Duration> rtt;                // Smallest of the last 10 s.
    std::optional<Bytes> window;                // As the last sample told it.
    // How long the uplink stands still; once it moves, at most what the edge alone takes, and half as much every
    // second.
    std::optional<Duration> stalled;
    std::optional<double> edge_slowdown;
    HeadResiduals residuals;               // By cut, beside edge_slowdown.
    std::optional<double> edge_waited;     // By the last head.
    std::optional<double> cloud_slowdown;  // Above 1 its logarithm halves every 5 s while nothing is told.
    std::optional<Duration> cloud_queue;   // Of the last answer; halves every second from then on.
    std::optional<TimePoint> last_uplink;
    std::optional<TimePoint> last_head;
    Bytes sent_today;  // By all models that share the count.
  };
  Reading read(TimePoint now) const;

  // Returns true iff an upload stands still now.
  bool stands_still(TimePoint now) const;

 private:
  struct Running {
    TimePoint began;
    std::uint32_t cut;
    Duration unstressed;
  };

  // A tail that the cloud has had for `took`, and had still when that was told.
  struct Held {
    TimePoint at;
    Duration took;
    Duration unstressed;
  };
  void on_tail_seen(const TailSeen& tail, TimePoint at);
  // REQUIRES: m_ is held, as for the next two.
  std::optional<double> slowdown_by_held(TimePoint now) const;
  std::optional<Duration> stalled(TimePoint now) const;
  std::optional<Duration> alone() const;  // What the edge would take for a whole inference.

  Slot<PartitionTable> table_;
  const std::shared_ptr<SentBytes> sent_;

  mutable std::mutex m_;
  LogKalman uplink_;  // Guarded by m_, as all below.
  HeadSlowdown edge_;
  std::optional<double> waited_;
  LogKalman cloud_;
  std::deque<std::pair<TimePoint, Duration>> round_trips_;
  std::optional<std::pair<TimePoint, Duration>> stall_;
  std::optional<TimePoint> stood_still_;  // When that was told last.
  std::optional<std::pair<TimePoint, Duration>> queue_;
  std::optional<Bytes> window_;
  std::list<Running> running_;
  std::optional<Held> held_;
};

class Traffic::HeadWatch {
 public:
  // REQUIRES: the watch does not outlive `traffic`, which may be null.
  HeadWatch(Traffic* traffic, const Plan& plan, TimePoint began);
  HeadWatch(const HeadWatch&) = delete;
  HeadWatch& operator=(const HeadWatch&) = delete;
  ~HeadWatch();

 private:
  Traffic* const traffic_;
  std::list<Running>::iterator running_;
};

}  // namespace tideline
