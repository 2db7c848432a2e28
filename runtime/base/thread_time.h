// ThreadTime: measures how long the calling thread had a CPU during a time span.
//
// Starts at construction; belongs to the thread that made it. Counts only this thread's part of shared work.
#pragma once

#include "runtime/base/time.h"

#include <time.h>

#include <algorithm>

namespace tideline {

class ThreadTime {
 public:
  ThreadTime() : began_(now()) {}

  // Returns the share (0 to 1) of `wall`, the time since construction, in which the thread waited for a CPU or slept.
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
