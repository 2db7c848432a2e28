// Pacer: a token bucket that says how many bytes may go now, so that a sender holds to a rate.
//
// A sender that was idle begins with one piece (2 ms worth, at least one MTU), not with a burst: what arrives is as
// even as the rate, and measures as the rate. A sender that woke late may catch up, by 10 ms worth. Time comes in with
// the question. Belongs to one thread.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstddef>
#include <optional>

namespace tideline {

class Pacer {
 public:
  // What was earned until `now` at the old rate stays earned.
  void set_rate(std::optional<BitsPerSecond> rate, TimePoint now);

  // Says that a sender with nothing to send has something again.
  void wake(TimePoint now);

  // Returns how many of `wanted` bytes may go at `now`: all without a rate, else a piece at a time, or zero when the
  // sender has to wait until ready_at(). What is returned counts as sent.
  std::size_t take(std::size_t wanted, TimePoint now);

  // Gives back what take() allowed and was not sent.
  void give_back(std::size_t bytes);

  // Returns when the next piece (or the rest of `wanted`) has been earned. REQUIRES: take() just returned zero.
  TimePoint ready_at(std::size_t wanted, TimePoint now) const;

 private:
  double worth(Duration time) const { return rate_->value / 8 * seconds(time); }
  double piece() const;
  void earn(TimePoint now);

  std::optional<BitsPerSecond> rate_;
  double bytes_ = 0;  // Earned and not yet spent.
  TimePoint at_;      // Until when `bytes_` has been earned.
};

}  // namespace tideline
