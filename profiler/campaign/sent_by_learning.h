// SentByLearning: what measurements of an edge have sent within the last 24 hours.
//
// Times are those of a steady clock, so that a step of the wall clock has no effect. A value; belongs to one thread.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <deque>
#include <utility>

namespace tideline::campaign {

class SentByLearning {
 public:
  void add(Bytes bytes, TimePoint at) { sent_.emplace_back(at, bytes); }

  Bytes last_day(TimePoint now) {
    while (!sent_.empty() && now - sent_.front().first >= std::chrono::hours(24)) sent_.pop_front();
    Bytes all;
    for (const auto& [at, bytes] : sent_) all.count += bytes.count;
    return all;
  }

 private:
  std::deque<std::pair<TimePoint, Bytes>> sent_;  // The oldest first.
};

}  // namespace tideline::campaign
