// ThreadTime: for how much of a stretch of time the calling thread had a CPU.
//
// Begins when it is made; belongs to the thread that made it. Of work that several threads share it tells this one's
// part.
#pragma once

#include "runtime/base/time.h"

#include <time.h>

#include <algorithm>

namespace tideline {

class ThreadTime {
 public:
  ThreadTime() : began_(now()) {}

  // Returns the share of `wall`, the time since this was made, in which the thread waited for a CPU or slept, 0 to 1.
  double waited(Duration wall) const {
    return wall <= Duration::zero() ? 0 : std::clamp(1 - seconds(now() - began_) / seconds(wall), 0.0, 1.0);
  }

 private:
  static Duration now() {
    timespec at{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);  // Cannot fail for this clock.
    return std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec);
  }

  const Duration began_;
};

}  // namespace tideline
