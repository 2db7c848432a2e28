#include "runtime/base/gate.h"

#include <algorithm>

namespace tideline {
namespace {

constexpr Duration kLook = std::chrono::milliseconds(5);  // Between two looks whether a slot is still wanted.

}  // namespace

Gate::Pass::~Pass() {
  if (gate_) gate_->leave();
}

Result<Gate::Pass> Gate::enter(TimePoint deadline, const std::function<bool()>& wanted, Priority priority) {
  const TimePoint asked = Clock::now();
  std::unique_lock lock(m_);
  const auto place = queue_.emplace(priority, next_ticket_++).first;
  const auto my_turn = [&] { return free_ > 0 && queue_.begin() == place; };
  // TimePoint::max() overflows in some implementations of wait_until, so the wait is split into days.
  const TimePoint until = std::min(deadline, asked + std::chrono::hours(24));
  const auto leave_queue = [&] {
    queue_.erase(place);
    turn_.notify_all();  // The next in line may have waited only for this ticket.
  };
  while (!turn_.wait_until(lock, wanted ? std::min(until, Clock::now() + kLook) : until, my_turn)) {
    if (Clock::now() >= until) {
      leave_queue();
      return error(ErrorKind::overloaded, "deadline passed while waiting for a compute slot; retry later");
    }
    lock.unlock();
    const bool still = !wanted || wanted();
    lock.lock();
    if (still) continue;
    leave_queue();
    return error(ErrorKind::unavailable, "the compute slot is no longer wanted");
  }
  queue_.erase(place);
  --free_;
  if (free_ > 0) turn_.notify_all();
  return Pass(this, Clock::now() - asked);
}

void Gate::leave() {
  {
    const std::lock_guard lock(m_);
    ++free_;
  }
  turn_.notify_all();
}

int Gate::waiting() const {
  const std::lock_guard lock(m_);
  return static_cast<int>(queue_.size());
}

}  // namespace tideline
