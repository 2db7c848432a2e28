#include "policy/control/rehearsal_gate.h"

#include <algorithm>
#include <cmath>

namespace tideline::control {
namespace {

constexpr double kAlarmingPressure = 0.25;
constexpr double kAlarmingThrottling = 0.25;
constexpr double kSlower = 4;

bool differ(const std::optional<double>& a, const std::optional<double>& b, double by) {
  return a && b && std::abs(*a - *b) > by;
}

// Returns true iff the sensors show that the edge has changed.
bool alarming(const plan::Conditions& before, const plan::Conditions& now) {
  return differ(before.edge_cpu_pressure, now.edge_cpu_pressure, kAlarmingPressure) ||
         differ(before.edge_throttled, now.edge_throttled, kAlarmingThrottling) ||
         now.edge_major_faults.value_or(0) > 0;
}

}  // namespace

bool knowing_the_edge_pays(const decide::Policy& policy, const decide::Observation& seen) {
  if (!seen.now.edge_slowdown) return true;
  decide::Observation fast = seen, slow = seen;
  fast.now.edge_slowdown = 1;
  slow.now.edge_slowdown = kSlower * std::max(1.0, *seen.now.edge_slowdown);
  return policy.preferred(fast) != policy.preferred(slow);
}

Rehearsal rehearsal(const decide::Policy& policy, const decide::Observation& seen, std::optional<Duration> since,
                    const plan::Conditions& then, const RehearsalTimes& times) {
  if (!since) return Rehearsal::wanted;
  if (*since < times.after / 4) return Rehearsal::none;
  const bool alarmed = alarming(then, seen.now);
  if (*since < times.after && !alarmed) return Rehearsal::none;
  if (*since < times.floor && !knowing_the_edge_pays(policy, seen)) return Rehearsal::none;
  return alarmed ? Rehearsal::alarmed : Rehearsal::wanted;
}

}  // namespace tideline::control
