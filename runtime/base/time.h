// Time: the monotonic clock, in nanoseconds; times are never bare numbers.
#pragma once

#include <chrono>

namespace tideline {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = std::chrono::nanoseconds;

inline double milliseconds(Duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}
inline double seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}
inline Duration from_milliseconds(double ms) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(ms));
}
inline Duration from_seconds(double s) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(s));
}

}  // namespace tideline
