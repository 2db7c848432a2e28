// Uplink check: measures the rate and the round trip of the path to the cloud, by probes that the cloud times.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"
#include "runtime/link/link.h"

#include <functional>
#include <optional>

namespace tideline::testbed {

struct UplinkReading {
  BitsPerSecond rate;  // Estimated goodput.
  TimePoint at;        // Of the last sample in it.
};

// Returns the estimate from the link's samples so far; nothing before the first. In the agent, Traffic provides it.
using UplinkSensor = std::function<std::optional<UplinkReading>()>;

// Returns the size of a probe that takes a quarter of a second at `rate`: 12 to 256 KiB.
Bytes probe_for(BitsPerSecond rate);

// Probes until two readings agree within 2 % or `deadline` passes. Returns the last reading made during the call;
// nothing if there was none. Blocks. `expected` determines the size of the probes.
std::optional<BitsPerSecond> measure_uplink(link::Link& link, const UplinkSensor& sensor, BitsPerSecond expected,
                                            TimePoint deadline);

// The link's round trips. In the agent, Traffic provides them. Both functions are empty if there is no source.
struct RoundTrips {
  std::function<std::optional<Duration>()> read;  // The smallest since forget(); nothing before the first.
  std::function<void()> forget;
};

// Returns the median of five round trips of empty probes; nothing if fewer came before `deadline`. Blocks.
std::optional<Duration> measure_round_trip(link::Link& link, const RoundTrips& trips, TimePoint deadline);

}  // namespace tideline::testbed
