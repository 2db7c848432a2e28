// SentBytes: what was sent to the cloud within the last day, so that a budget of bytes can be kept.
//
// A day is the last 24 hours by the steady clock, counted by hours: a step of the wall clock neither grants a new day
// nor takes one, and what was sent up to an hour before counts, too. The count begins anew with the process. Tensors
// and probes count; headers, TLS and what TCP sends again come on top. Thread-safe.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

namespace tideline {

class SentBytes {
 public:
  void add(Bytes bytes, TimePoint at);
  Bytes last_day(TimePoint now) const;

 private:
  mutable std::mutex m_;
  std::deque<std::pair<std::int64_t, std::uint64_t>> hours_;  // Guarded by m_. Hours since the clock's zero, rising.
};

}  // namespace tideline
