// LinkSample: what one exchange with the cloud, or one look at a running exchange, shows about the link and the cloud.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <optional>

namespace tideline::plan {

// An observed rate. An inexact rate is a lower bound: too few bytes were sent to measure the link.
struct Rate {
  BitsPerSecond value;
  bool exact = true;
};

// A tail that ran or runs in the cloud, possibly for a request that has given up. It still shows the cloud's speed.
struct ObservedTail {
  Plan plan;
  std::uint32_t batch = 1;
  Duration took{};       // Decoding and running it. While it is held: the time since the cloud received all of it.
  Duration queue{};      // Its wait for a compute slot; unknown while it is held.
  bool is_held = false;  // Not answered yet.
};

struct LinkSample {
  std::optional<Rate> uplink;   // Absent if too few bytes were sent.
  std::optional<Duration> rtt;  // Absent if our own queues would distort it.
  TimePoint at;
  std::optional<Bytes> window = {};       // Bytes that TCP may send at once now; more wait for acknowledgements.
  std::optional<Duration> stall = {};     // How long the uplink has stalled, or stalled during an upload.
  std::optional<bool> uploading = {};     // Whether sent bytes are still unacknowledged.
  std::optional<ObservedTail> tail = {};  // Held for long, or answered after the request gave up.
};

}  // namespace tideline::plan
