// ArrivalMeter: how a payload came, read by read: what tells the rate of the way, and how long nothing came meanwhile.
//
// The first half of a payload, or its first 64 KiB, tells nothing: it may have waited here already, a shaper lets a
// burst through, and TCP is still opening its window. From the read that completes it to the last byte is what counts.
// A value; time comes in with each read.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <optional>

namespace tideline {

// How a payload came, by one machine's clock.
struct Arrival {
  TimePoint last;        // When the last byte was there.
  Duration receiving{};  // How long the counted bytes took.
  Bytes counted;
  Duration silence{};   // Of `receiving`: the gaps between two reads that were at least kSilence long, together.
  Bytes after_silence;  // Of `counted`: what the reads took that ended those gaps.
};

class ArrivalMeter {
 public:
  static constexpr Duration kSilence = std::chrono::milliseconds(50);

  // Of a payload of that size, of which nothing has been read at `now`.
  ArrivalMeter(Bytes size, TimePoint now);

  // A read took so many more. `waiting` of those that follow have come as well, and can be read later only.
  void add(Bytes bytes, TimePoint at, Bytes waiting = {});

  const Arrival& arrival() const { return arrival_; }

 private:
  Bytes uncounted_;                 // How many bytes must still come before it counts.
  Bytes waiting_;                   // How many had come when it began to count, and are not read yet.
  std::optional<TimePoint> start_;  // When it began to count.
  Arrival arrival_;
};

}  // namespace tideline
