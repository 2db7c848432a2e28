// Traffic: collects the measurements of requests and links, for the Monitor to read.
//
// A mutex around one Telemetry, and the count of sent bytes that all models share. Thread-safe.
//
//   Traffic traffic(table);
//   TcpLink link(options, &traffic, log);  // Reports its samples to `traffic`.
//   traffic.on_tail(plan, tail, Clock::now());
//   const Telemetry::Reading reading = traffic.read(Clock::now());
#pragma once

#include "policy/estimate/telemetry.h"
#include "runtime/base/time.h"
#include "runtime/link/link.h"
#include "runtime/monitor/sent_bytes.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace tideline::monitor {

class Traffic final : public link::LinkListener {
 public:
  // `table` may be null. `sent` is shared by all models whose requests take the same link.
  explicit Traffic(std::shared_ptr<const table::PartitionTable> table,
                   std::shared_ptr<SentBytes> sent = std::make_shared<SentBytes>())
      : sent_(std::move(sent)), telemetry_(std::move(table)) {}

  // As in Telemetry.
  void relate_to(std::shared_ptr<const table::PartitionTable> table);
  void on_head(const plan::Plan& plan, Duration head, TimePoint at);
  void on_tail(const plan::Plan& plan, Duration tail, TimePoint at);
  void on_head_waited(double share);
  void on_throttled(std::optional<double> share);
  void on_cloud_queue(Duration wait, TimePoint at);
  void on_encoded(const plan::Plan& plan, Bytes wire, TimePoint at);
  void on_sample(const plan::LinkSample& sample) override;
  void forget_round_trips();
  estimate::Telemetry::Reading read(TimePoint now, const plan::Conditions& others = {}) const;
  bool is_stalled(TimePoint now) const;

  void on_sent(Bytes bytes, TimePoint at);                                // Bytes given to the link.
  Bytes sent_today(TimePoint now) const { return sent_->last_day(now); }  // Of all models that share the count.

  // Reports a head that runs while this object lives: Telemetry::head_began() and head_ended().
  class HeadWatch;

 private:
  const std::shared_ptr<SentBytes> sent_;
  mutable std::mutex m_;
  estimate::Telemetry telemetry_;  // Guarded by m_.
};

class Traffic::HeadWatch {
 public:
  // REQUIRES: the watch does not outlive `traffic`, which may be null.
  HeadWatch(Traffic* traffic, const plan::Plan& plan, TimePoint began);
  HeadWatch(const HeadWatch&) = delete;
  HeadWatch& operator=(const HeadWatch&) = delete;
  ~HeadWatch();

 private:
  Traffic* const traffic_;
  std::uint64_t head_ = 0;
};

}  // namespace tideline::monitor
