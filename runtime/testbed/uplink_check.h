// Uplink check: what the way to the cloud carries and how long it is, by probes that the cloud stamps.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"
#include "runtime/link/link.h"

#include <functional>
#include <optional>

namespace tideline {

struct UplinkReading {
  BitsPerSecond rate;  // Estimated goodput.
  TimePoint at;        // Of the last sample that went into it.
};

// Tells what the samples of the link have told so far; nothing before the first. In the agent, Traffic answers it.
using UplinkSensor = std::function<std::optional<UplinkReading>()>;

// Returns the size of a probe that takes a quarter of a second at `rate`: 12 to 256 KiB.
Bytes probe_for(BitsPerSecond rate);

// Probes until two readings agree within 2 % or `deadline` passes; returns the last reading that is younger than the
// call, nothing when there was none. Blocks. `expected` chooses the size of the probes.
std::optional<BitsPerSecond> measure_uplink(Link& link, const UplinkSensor& sensor, BitsPerSecond expected,
                                            TimePoint deadline);

// What the link has told of round trips. In the agent, Traffic answers it. Both are empty where nobody does.
struct RoundTrips {
  std::function<std::optional<Duration>()> read;  // The smallest since they were forgotten; nothing before the first.
  std::function<void()> forget;
};

// Returns the median of five round trips of empty probes; nothing when fewer came before `deadline`. Blocks.
std::optional<Duration> measure_round_trip(Link& link, const RoundTrips& trips, TimePoint deadline);

}  // namespace tideline
