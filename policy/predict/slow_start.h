// Slow start: how many round trips a transfer loses because TCP may not send all at once.
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

namespace tideline {

// Returns the round trips beyond the first that `size` bytes take when `window` bytes may be sent at once, and twice as
// many with every round trip: ceil(log2(size / window + 1)) - 1. REQUIRES: window > 0.
int extra_rounds(Bytes size, Bytes window);

// What the way itself is like, and what TCP may send on it at once.
struct LinkPath {
  BitsPerSecond rate;
  Duration rtt{};
  Bytes window;
};
// Returns how much longer `size` bytes take than at the full rate of the way. Once so much is under way that the way is
// full, nothing is lost any more.
Duration slow_start_time(Bytes size, const LinkPath& way);

}  // namespace tideline
