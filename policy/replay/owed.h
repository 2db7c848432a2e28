// Owed: what requests occupy an edge for after they have left its slots, because of a CPU quota
// (policy/dispatch/edge_work.h). A value. Belongs to one thread.
#pragma once

#include "policy/replay/world.h"

#include <algorithm>

namespace tideline::replay {

class Owed {
 public:
  explicit Owed(const World& world) : slots_(std::max(1, world.setting().slots.edge)), ahead_(seconds(world.ahead())) {}

  // Returns when the edge computes for a request that comes, or has got a slot, at `at`.
  Seconds begins(Seconds at) const { return std::max(at, until_ - ahead_); }
  // A request that begins then occupies a slot for so long in the long run.
  void add(Seconds begins, Seconds occupies) {
    if (occupies > 0) until_ = std::max(until_, begins) + occupies / slots_;
  }
  // Returns for how long a slot is occupied at `at`.
  Seconds left(Seconds at) const { return std::max(0.0, until_ - at) * slots_; }

 private:
  int slots_;
  Seconds ahead_;
  Seconds until_ = 0;
};

}  // namespace tideline::replay
