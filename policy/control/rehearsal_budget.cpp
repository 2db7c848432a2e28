#include "policy/control/rehearsal_budget.h"

#include <algorithm>
#include <tuple>

namespace tideline::control {

double RehearsalBudget::left(TimePoint now) const {
  const double gone = at_ ? std::max(0.0, seconds(now - *at_)) : 0;
  return std::min(seconds(options_.saved), left_ + options_.share * gone);
}

bool RehearsalBudget::begin(Who who, bool alarmed, TimePoint now) {
  Waiting& mine = waiting_.try_emplace(who, Waiting{now}).first->second;
  mine.alarmed = alarmed;
  if (left(now) < (alarmed ? -seconds(options_.overdraft) : 0)) return false;
  const auto sooner = [](const auto& a, const auto& b) {
    return std::tuple(!a.second.alarmed, a.second.since) < std::tuple(!b.second.alarmed, b.second.since);
  };
  const auto& [first, waiting] = *std::ranges::min_element(waiting_, sooner);
  // If several have waited equally long, the one that asks begins.
  if (first != who && (waiting.alarmed != alarmed || waiting.since != mine.since)) return false;
  waiting_.erase(who);
  return true;
}

void RehearsalBudget::ended(Duration took, TimePoint now) {
  left_ = left(now) - seconds(took);
  at_ = at_ ? std::max(*at_, now) : now;
}

}  // namespace tideline::control
