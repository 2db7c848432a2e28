#include "runtime/link/link_status.h"

#include "runtime/base/units.h"

#include <utility>

namespace tideline::link {

void LinkStatus::set_up(wire::Welcome welcome, std::shared_ptr<const wire::ConnectionMark> mark) {
  {
    const std::lock_guard lock(m_);
    state_.up = true;
    state_.why.clear();
    state_.models = std::move(welcome.models);
    state_.machine = std::move(welcome.machine);
    state_.precision = welcome.precision;
    state_.slots = welcome.slots;
    ++state_.connects;
    mark_ = std::move(mark);
    busy_ = {};
    silent_ = false;
    failed_ = false;
  }
  changed_.notify_all();
}

void LinkStatus::set_down(std::string why) {
  const std::lock_guard lock(m_);
  state_.up = false;
  state_.why = std::move(why);
  silent_ = false;
  failed_ = true;
}

void LinkStatus::set_silent(std::string why) {
  const std::lock_guard lock(m_);
  if (!state_.up) return;
  state_.up = false;
  state_.why = std::move(why);
  silent_ = true;
}

void LinkStatus::set_heard() {
  {
    const std::lock_guard lock(m_);
    if (!silent_) return;
    silent_ = false;
    state_.up = true;
    state_.why.clear();
  }
  changed_.notify_all();
}

void LinkStatus::set_step(std::string what) {
  const std::lock_guard lock(m_);
  if (!state_.up && !failed_) state_.why = std::move(what);
}

void LinkStatus::note_violation() {
  const std::lock_guard lock(m_);
  ++state_.violations;
}

void LinkStatus::set_busy(Priority priority, TimePoint until) {
  const std::lock_guard lock(m_);
  busy_.add(priority, until, Clock::now());
}

LinkState LinkStatus::state() const {
  const std::lock_guard lock(m_);
  return state_;
}

std::optional<std::uint64_t> LinkStatus::serving(const std::string& model, std::optional<Precision> precision) const {
  const std::lock_guard lock(m_);
  const bool fits = state_.precision == precision.value_or(state_.precision) && state_.models.contains(model);
  return state_.up && fits ? std::optional(state_.connects) : std::nullopt;
}

bool LinkStatus::is_on(const wire::ConnectionMark& mark) const {
  const std::lock_guard lock(m_);
  return state_.up && mark_.get() == &mark;
}

Error LinkStatus::down() const {
  return error(ErrorKind::unavailable, "the cloud at {} is unavailable: {}", peer_, state_.why);
}

Result<void> LinkStatus::check() const {
  const std::lock_guard lock(m_);
  if (!state_.up) return down();
  return {};
}

Result<void> LinkStatus::check_tail(Priority priority) const {
  const std::lock_guard lock(m_);
  if (!state_.up) return down();
  const Duration left = busy_.until(priority) - Clock::now();
  if (left <= Duration{}) return {};
  return error(ErrorKind::overloaded, "the cloud at {} is busy for another {}", peer_, to_string(left)).after(left);
}

Result<void> LinkStatus::wait_up(TimePoint deadline) const {
  std::unique_lock lock(m_);
  if (!changed_.wait_until(lock, deadline, [this] { return state_.up; })) return down();
  return {};
}

}  // namespace tideline::link
