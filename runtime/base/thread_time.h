// ThreadTime: measures how long the calling thread had a CPU during a time span; process_time(): the whole process.
//
// Starts at construction; belongs to the thread that made it. Counts only this thread's part of shared work.
#pragma once

#include "runtime/base/time.h"

#include <time.h>

#include <algorithm>

namespace tideline {

// REQUIRES: `clock` is one of the two for CPU time; reading them cannot fail.
inline Duration cpu_time(clockid_t clock) {
  timespec at{};
  clock_gettime(clock, &at);
  return std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec);
}

class ThreadTime {
 public:
  ThreadTime() : began_(now()) {}

  // Returns for how long the thread had a CPU since construction.
  Duration used() const { return now() - began_; }
  // Returns the share (0 to 1) of `wall`, the time since construction, in which the thread waited for a CPU or slept.
  double waited(Duration wall) const {
    return wall <= Duration::zero() ? 0 : std::clamp(1 - seconds(used()) / seconds(wall), 0.0, 1.0);
  }

 private:
  static Duration now() { return cpu_time(CLOCK_THREAD_CPUTIME_ID); }

  const Duration began_;
};

// Returns the CPU time of all threads of this process so far. Thread-safe.
inline Duration process_time() {
  return cpu_time(CLOCK_PROCESS_CPUTIME_ID);
}

}  // namespace tideline
