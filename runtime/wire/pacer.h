// Pacer: a token bucket that keeps a sender to a rate by telling it how many bytes it may send now.
//
// After a pause it allows one piece (2 ms worth, at least one MTU), not a burst. So the receiver sees, and measures,
// the rate. A sender that woke late may catch up on 10 ms worth. The caller passes the time in. Belongs to one thread.
//
//   pacer.set_rate(BitsPerSecond{10e6}, Clock::now());
//   const std::size_t allowed = pacer.take(wanted, Clock::now());
//   if (allowed == 0) timer.expires_at(pacer.ready_at(wanted, Clock::now()));
//   if (sent < allowed) pacer.give_back(allowed - sent);
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstddef>
#include <optional>

namespace tideline::wire {

class Pacer {
 public:
  // Bytes earned until `now` at the old rate stay earned.
  void set_rate(std::optional<BitsPerSecond> rate, TimePoint now);

  // To be called when an idle sender has something to send again.
  void wake(TimePoint now);

  // Returns how many of `wanted` bytes may leave at `now`: all without a rate, otherwise one piece. Returns zero if the
  // sender has to wait until ready_at(). The returned bytes count as sent.
  std::size_t take(std::size_t wanted, TimePoint now);

  // Gives back bytes that take() allowed and that were not sent.
  void give_back(std::size_t bytes);

  // Returns when the next piece (or the rest of `wanted`) has been earned. REQUIRES: take() just returned zero.
  TimePoint ready_at(std::size_t wanted, TimePoint now) const;

 private:
  double worth(Duration time) const { return rate_->value / 8 * tideline::seconds(time); }
  double piece() const;
  void earn(TimePoint now);

  std::optional<BitsPerSecond> rate_;
  double bytes_ = 0;  // Earned and not yet spent.
  TimePoint at_;      // The time up to which `bytes_` has been earned.
};

}  // namespace tideline::wire
