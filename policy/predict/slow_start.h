// Slow start: how many round trips a transfer loses because TCP may not send all bytes at once.
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

namespace tideline::predict {

// Returns the round trips beyond the first for `size` bytes, if `window` bytes may be sent at once and the window
// doubles with every round trip: ceil(log2(size / window + 1)) - 1. REQUIRES: window > 0.
int extra_rounds(Bytes size, Bytes window);

// The link's rate and RTT, and what TCP may send at once.
struct LinkPath {
  BitsPerSecond rate;
  Duration rtt{};
  Bytes window;
};
// Returns how much longer `size` bytes take than at the full rate of `way`. Once the bytes in flight fill the link,
// nothing more is lost.
Duration slow_start_time(Bytes size, const LinkPath& way);

}  // namespace tideline::predict
