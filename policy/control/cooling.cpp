#include "policy/control/cooling.h"

#include <algorithm>

namespace tideline::control {
namespace {

// A run that was disturbed is longer; a slower machine is followed within a few runs.
Duration updated(std::optional<Duration> ready, Duration another) {
  return ready ? std::min(another, *ready + *ready / 4) : another;
}

}  // namespace

void Cooling::learn(Duration rested, std::optional<Duration> another) {
  if (another) ready_ = updated(ready_, *another);
  if (!ready_) return;
  runs_ = (runs_ + 1) % options_.every;
  slow_ = seconds(rested) > options_.slow * seconds(*ready_);
  rest_ = std::clamp(slow_ ? rest_ / 2 : rest_ + rest_ / 4, options_.shortest, options_.longest);
}

}  // namespace tideline::control
