// Rehearsal gate: whether a head had better be run for practice now. Pure functions.
#pragma once

#include "policy/decide/policy.h"
#include "runtime/base/time.h"

#include <optional>

namespace tideline {

enum class Rehearsal { none, wanted, alarmed };

struct RehearsalTimes {
  Duration after = std::chrono::seconds(1);   // No rehearsal sooner after the last head; a quarter of it when alarmed.
  Duration floor = std::chrono::seconds(30);  // One at least so often, whatever it is worth.
};

// Returns true iff knowing how slow the edge is could change which allowed plan is best: the one that is best on an
// edge as fast as it was when it was measured differs from the one that is best when it is four times slower than it
// was last.
bool knowing_the_edge_pays(const Policy& policy, const Observation& seen);

// Returns whether one is wanted, `since` the last head was timed (absent: none was), given what was seen then. Requests
// that run heads teach by themselves: while they come often enough, none is.
Rehearsal rehearsal(const Policy& policy, const Observation& seen, std::optional<Duration> since,
                    const Conditions& then, const RehearsalTimes& times);

}  // namespace tideline
