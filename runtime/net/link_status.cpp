#include "runtime/net/link_status.h"

#include <utility>

namespace tideline {

void LinkStatus::set_up(Welcome welcome) {
  {
    const std::lock_guard lock(m_);
    state_.up = true;
    state_.why.clear();
    state_.models = std::move(welcome.models);
    state_.machine = std::move(welcome.machine);
    state_.precision = welcome.precision;
    ++state_.connects;
  }
  changed_.notify_all();
}

void LinkStatus::set_down(std::string why) {
  const std::lock_guard lock(m_);
  state_.up = false;
  state_.why = std::move(why);
}

LinkState LinkStatus::state() const {
  const std::lock_guard lock(m_);
  return state_;
}

Error LinkStatus::down() const {
  return error(ErrorKind::unavailable, "the cloud at {} is not there: {}", peer_, state_.why);
}

Result<void> LinkStatus::check() const {
  const std::lock_guard lock(m_);
  if (!state_.up) return down();
  return {};
}

Result<void> LinkStatus::wait_up(TimePoint deadline) const {
  std::unique_lock lock(m_);
  if (!changed_.wait_until(lock, deadline, [this] { return state_.up; })) return down();
  return {};
}

}  // namespace tideline
