// Liveness: decides from received bytes whether a peer's program is running.
//
// Acknowledgements of its kernel are no sign: they continue while the program is stopped. A complete frame is a sign,
// and so are kEnough bytes of an incomplete one. Fewer bytes do not count: otherwise a peer could hold a connection
// forever with single bytes. A value; the caller passes the time in.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>

namespace tideline::wire {

class Liveness {
 public:
  static constexpr Bytes kEnough = 2_KiB;  // Bytes of an incomplete frame.

  explicit Liveness(TimePoint now) : last_(now) {}

  // `came` is the number of bytes received so far.
  void look(std::uint64_t came, TimePoint now) {
    if (came >= counted_ + kEnough.count) frame_ended(came, now);
  }
  void frame_ended(std::uint64_t came, TimePoint now) {
    counted_ = came;
    last_ = now;
  }

  TimePoint last() const { return last_; }  // When the last sign came.

 private:
  std::uint64_t counted_ = 0;  // Bytes received up to the last sign.
  TimePoint last_;
};

}  // namespace tideline::wire
