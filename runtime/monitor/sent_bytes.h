// SentBytes: counts the bytes sent to the cloud within the last day, for a daily budget.
//
// A day is the last 24 hours of the steady clock, counted by hours. So a step of the wall clock has no effect, and
// bytes up to one hour older count too. The count starts at zero with the process. Tensors and probes count; headers,
// TLS and TCP's retransmissions do not. Thread-safe.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

namespace tideline::monitor {

class SentBytes {
 public:
  void add(Bytes bytes, TimePoint at);
  Bytes last_day(TimePoint now) const;

 private:
  mutable std::mutex m_;
  std::deque<std::pair<std::int64_t, std::uint64_t>> hours_;  // Guarded by m_. Hours since the clock's zero, rising.
};

}  // namespace tideline::monitor
