// ArrivalMeter: measures from the times of its reads how fast a payload arrives, and how long it pauses.
//
// The first half of a payload, at most 64 KiB, does not count. It may have waited on this machine, a shaper lets a
// burst through, and TCP is still opening its window. The measurement runs from the read that completes this part
// to the last byte. A value; the caller passes the time in.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <optional>

namespace tideline::wire {

// How a payload arrived, by one machine's clock.
struct Arrival {
  TimePoint last;        // When the last byte arrived.
  Duration receiving{};  // How long the counted bytes took.
  Bytes counted;
  Duration silence{};   // Part of `receiving`: the sum of all gaps between reads of at least kSilence.
  Bytes after_silence;  // Part of `counted`: the bytes of the reads that ended those gaps.
};

class ArrivalMeter {
 public:
  static constexpr Duration kSilence = std::chrono::milliseconds(50);

  // For a payload of `size`, of which nothing has been read at `now`.
  ArrivalMeter(Bytes size, TimePoint now);

  // Adds a read of `bytes`. `waiting` further bytes have arrived as well, but can only be read later.
  void add(Bytes bytes, TimePoint at, Bytes waiting = {});

  const Arrival& arrival() const { return arrival_; }

 private:
  Bytes uncounted_;                 // Bytes that must still arrive before counting starts.
  Bytes waiting_;                   // Bytes that had arrived when counting started, and are not read yet.
  std::optional<TimePoint> start_;  // When counting started.
  Arrival arrival_;
};

}  // namespace tideline::wire
