#include "runtime/base/gate.h"

#include <algorithm>

namespace tideline {

Gate::Pass::~Pass() {
  if (gate_) gate_->leave();
}

Result<Gate::Pass> Gate::enter(TimePoint deadline) {
  const TimePoint asked = Clock::now();
  std::unique_lock lock(m_);
  const std::uint64_t ticket = next_ticket_++;
  queue_.push_back(ticket);
  const auto my_turn = [&] { return free_ > 0 && queue_.front() == ticket; };
  // TimePoint::max() overflows in some implementations of wait_until, so the wait is split into days.
  const TimePoint until = std::min(deadline, asked + std::chrono::hours(24));
  if (!turn_.wait_until(lock, until, my_turn)) {
    queue_.erase(std::find(queue_.begin(), queue_.end(), ticket));
    turn_.notify_all();  // The next in line may have waited only for this ticket.
    return error(ErrorKind::overloaded, "deadline passed while waiting for a compute slot; retry later");
  }
  queue_.pop_front();
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
