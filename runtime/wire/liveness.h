// Liveness: whether a peer's program is at work, told by what comes from it.
//
// What its kernel acknowledges is no sign of that: a program that stands still leaves its kernel at work. A frame that
// ended is one, and so are enough bytes of one that is under way; fewer are none, or a peer that sends a byte now and
// then would hold a connection for ever. A value; time comes in with each look.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>

namespace tideline {

class Liveness {
 public:
  static constexpr Bytes kEnough = 2_KiB;  // Of a frame that has not ended.

  explicit Liveness(TimePoint now) : last_(now) {}

  // `came` is how many bytes have come in all.
  void look(std::uint64_t came, TimePoint now) {
    if (came >= counted_ + kEnough.count) frame_ended(came, now);
  }
  void frame_ended(std::uint64_t came, TimePoint now) {
    counted_ = came;
    last_ = now;
  }

  TimePoint last() const { return last_; }  // When it last gave a sign.

 private:
  std::uint64_t counted_ = 0;  // Of what came: up to the last sign.
  TimePoint last_;
};

}  // namespace tideline
