// Traffic: Telemetry that requests and links of a process write to and the Monitor reads, from any thread.
//
// A mutex around one Telemetry, and the count of bytes sent, which all models share. Thread-safe.
#pragma once

#include "policy/estimate/telemetry.h"
#include "runtime/base/time.h"
#include "runtime/link/link.h"
#include "runtime/monitor/sent_bytes.h"

#include <cstdint>
#include <memory>
#include <mutex>

namespace tideline {

class Traffic final : public LinkListener {
 public:
  // `table` may be null. `sent` is shared by all models whose requests take the same link.
  explicit Traffic(std::shared_ptr<const PartitionTable> table,
                   std::shared_ptr<SentBytes> sent = std::make_shared<SentBytes>())
      : sent_(std::move(sent)), telemetry_(std::move(table)) {}

  // As Telemetry has them.
  void relate_to(std::shared_ptr<const PartitionTable> table);
  void on_head(const Plan& plan, Duration head, TimePoint at);
  void on_tail(const Plan& plan, Duration tail, TimePoint at);
  void on_head_waited(double share);
  void on_cloud_queue(Duration wait, TimePoint at);
  void on_sample(const LinkSample& sample) override;
  void forget_round_trips();
  Telemetry::Reading read(TimePoint now, const Conditions& others = {}) const;
  bool is_stalled(TimePoint now) const;

  void on_sent(Bytes bytes, TimePoint at);                                // So many are handed to the link.
  Bytes sent_today(TimePoint now) const { return sent_->last_day(now); }  // By all models that share the count.

  // A head that runs for as long as this lives: Telemetry::head_began() and head_ended().
  class HeadWatch;

 private:
  const std::shared_ptr<SentBytes> sent_;
  mutable std::mutex m_;
  Telemetry telemetry_;  // Guarded by m_.
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
  std::uint64_t head_ = 0;
};

}  // namespace tideline
