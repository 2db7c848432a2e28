// TokenBucket: limits spending to a rate; unspent tokens accumulate up to a maximum and may be spent at once.
//
//     TokenBucket retries(0.5, 10);  // A token every two seconds, at most ten.
//     if (!retries.take(1, Clock::now())) return error(ErrorKind::overloaded, "too many retries; retry later");
//
// A value type; every call passes the time. A clock that steps back counts as standing still. Belongs to one thread.
#pragma once

#include "runtime/base/time.h"

#include <algorithm>
#include <optional>

namespace tideline {

class TokenBucket {
 public:
  // Starts full. REQUIRES: per_second >= 0, most >= 0.
  TokenBucket(double per_second, double most) : per_second_(per_second), most_(most), left_(most) {}

  double left(TimePoint at) const {
    const double gone = last_ ? std::max(0.0, seconds(at - *last_)) : 0;
    return std::min(most_, left_ + per_second_ * gone);
  }
  // Returns false, and takes nothing, iff less than `amount` is left.
  bool take(double amount, TimePoint at) {
    const double there = left(at);
    if (there < amount) return false;
    left_ = there - amount;
    last_ = last_ ? std::max(*last_, at) : at;
    return true;
  }

 private:
  double per_second_;
  double most_;
  double left_;
  std::optional<TimePoint> last_;
};

}  // namespace tideline
