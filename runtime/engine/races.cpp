#include "runtime/engine/races.h"

#include <utility>

namespace tideline {

void Races::expect(std::optional<Expected> expected) {
  const std::lock_guard lock(m_);
  expected_ = std::move(expected);
}

std::optional<Duration> Races::expected(const Plan& plan) const {
  const std::lock_guard lock(m_);
  if (!expected_ || expected_->plan != plan) return std::nullopt;
  return expected_->total;
}

std::optional<Duration> Races::late_after(const Plan& plan) {
  const std::lock_guard lock(m_);
  if (!expected_ || !expected_->rest || expected_->plan != plan) return std::nullopt;
  budget_.earn();
  return tideline::late_after(expected_->rest->remote, expected_->rest->local);
}

bool Races::begin() {
  const std::lock_guard lock(m_);
  if (!budget_.take()) return false;
  ++counters_.begun;
  return true;
}

void Races::won_here() {
  const std::lock_guard lock(m_);
  ++counters_.won_here;
}

Races::Counters Races::counters() const {
  const std::lock_guard lock(m_);
  return counters_;
}

}  // namespace tideline
