#include "runtime/engine/races.h"

#include <algorithm>
#include <utility>

namespace tideline {

void Races::expect(Forecast forecast) {
  const std::lock_guard lock(m_);
  forecast_ = std::move(forecast);
}

const Races::Expected* Races::find(const Plan& plan) const {
  const auto found = std::ranges::find(forecast_.plans, plan, &Expected::plan);
  return found == forecast_.plans.end() ? nullptr : &*found;
}

std::optional<Duration> Races::expected(const Plan& plan) const {
  const std::lock_guard lock(m_);
  const Expected* const found = find(plan);
  return found ? std::optional(found->total) : std::nullopt;
}

bool Races::better_here(const Plan& plan) const {
  const std::lock_guard lock(m_);
  const Expected* const found = find(plan);
  return !forecast_.held && found && found->rest && tideline::better_here(found->rest->remote, found->rest->local);
}

std::optional<Duration> Races::late_after(const Plan& plan) {
  const std::lock_guard lock(m_);
  const Expected* const found = find(plan);
  if (!found || !found->rest) return std::nullopt;
  budget_.earn();
  return tideline::late_after(found->rest->remote, found->rest->local);
}

bool Races::begin() {
  const std::lock_guard lock(m_);
  if (!budget_.take()) return false;
  ++counters_.begun;
  return true;
}

void Races::begin_in_the_dark() {
  const std::lock_guard lock(m_);
  ++counters_.begun;
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
