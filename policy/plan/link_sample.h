// LinkSample: what one exchange with the cloud, or a look at one under way, says about the link and the cloud.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <optional>

namespace tideline {

// A rate that was observed. What is not exact is a lower bound: too little was sent to see how fast the link is.
struct Rate {
  BitsPerSecond value;
  bool exact = true;
};

// A tail in the cloud that no request may be waiting for any more. It tells how fast the cloud is all the same.
struct ObservedTail {
  Plan plan;
  std::uint32_t batch = 1;
  Duration took{};       // Decoding and running it. While it is held: since the cloud had all of it.
  Duration queue{};      // Its wait for a compute slot; not known while it is held.
  bool is_held = false;  // Not answered yet.
};

struct LinkSample {
  std::optional<Rate> uplink;   // Absent when too few bytes were sent to tell.
  std::optional<Duration> rtt;  // Absent where our own queues would be in it.
  TimePoint at;
  std::optional<Bytes> window = {};       // What TCP would send at once now; the rest waits for acknowledgements.
  std::optional<Duration> stall = {};     // How long the uplink has stalled, or did in the middle of an upload.
  std::optional<bool> uploading = {};     // Whether something that was sent is not acknowledged yet.
  std::optional<ObservedTail> tail = {};  // Held for long, or answered after the request had given up.
};

}  // namespace tideline
