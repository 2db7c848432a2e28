// Station: slots that serve in order of arrival: the edge's compute slots, the uplink, the cloud's compute slots.
//
// A value: requests come and go, by their numbers. Belongs to one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>

namespace tideline::replay {

class Station {
 public:
  explicit Station(int slots) : free_(std::max(1, slots)) {}

  // Returns true iff `who` has a slot at once. Else it waits.
  bool enter(std::size_t who) {
    if (free_ == 0) return waiting_.push_back(who), false;
    --free_;
    return true;
  }

  // One request leaves its slot. Returns who has the slot from now on; nothing if none waits.
  std::optional<std::size_t> leave() {
    if (waiting_.empty()) return ++free_, std::nullopt;
    const std::size_t next = waiting_.front();
    waiting_.pop_front();
    return next;
  }

  // `who` waits no longer. Returns false if it did not wait.
  bool withdraw(std::size_t who) { return std::erase(waiting_, who) > 0; }

 private:
  int free_;
  std::deque<std::size_t> waiting_;
};

}  // namespace tideline::replay
