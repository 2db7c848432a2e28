// TokenBucket: holds what is spent to a rate, and lets what was saved be spent at once.
//
// A value; time comes in with each question. A clock that steps back counts as standing still. Belongs to one thread.
#pragma once

#include "runtime/base/time.h"

#include <algorithm>
#include <optional>

namespace tideline {

class TokenBucket {
 public:
  // Full at first. REQUIRES: per_second >= 0, most >= 0.
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
