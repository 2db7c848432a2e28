#include "policy/race.h"

#include <algorithm>

namespace tideline {

Duration late_after(Duration remote, Duration local) {
  using namespace std::chrono_literals;
  const Duration evident = std::max(remote * 13 / 10, remote + 20ms);
  return std::max(remote / 4 + 10ms, std::min(evident, local));
}

bool better_here(Duration remote, Duration local) {
  return remote > local + local * 3 / 100;
}

void RaceBudget::earn() {
  races_ = std::min(most_, races_ + share_);
}

bool RaceBudget::take() {
  if (races_ < 1) return false;
  races_ -= 1;
  return true;
}

}  // namespace tideline
