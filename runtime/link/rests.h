// Rests: until when a busy cloud gets no tails of which priority. A value; belongs to one thread at a time.
//
// A cloud that refuses a tail as overloaded may still have room for tails of a higher priority, which go before it. So
// a rest concerns the refused tail's priority and lower ones.
#pragma once

#include "runtime/base/priority.h"
#include "runtime/base/time.h"

#include <map>

namespace tideline::link {

class Rests {
 public:
  // No tail of that priority or a lower one before `until`. Of several rests the latest counts.
  void add(Priority priority, TimePoint until, TimePoint now);

  // Returns until when tails of that priority rest; a time that is over if they do not.
  TimePoint until(Priority priority) const;

 private:
  std::map<Priority, TimePoint> until_;  // The later, the lower the priority.
};

}  // namespace tideline::link
