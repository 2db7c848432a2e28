#include "policy/race.h"

#include <algorithm>

namespace tideline {
namespace {

constexpr Duration kTooSoon = std::chrono::milliseconds(10);
constexpr Duration kLate = std::chrono::milliseconds(20);
constexpr Duration kLongest = std::chrono::hours(24);  // Beyond it sums could overflow.

}  // namespace

Duration race_after(const RaceTimes& times) {
  const Duration p = std::clamp(times.remote, Duration::zero(), kLongest);
  const Duration l = std::clamp(times.local_tail, Duration::zero(), kLongest);
  const Duration late = std::max(p + p / 10 * 3, p + kLate);
  return std::max(p / 4 + kTooSoon, std::min(late, l));
}

void RaceBudget::earn() {
  left_ = std::min(left_ + limits_.share, limits_.burst);
}

bool RaceBudget::spend() {
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

}  // namespace tideline
