// Rehearsal gate: decides whether to rehearse: to run a head only to measure the edge's speed. Pure functions.
#pragma once

#include "policy/decide/policy.h"
#include "runtime/base/time.h"

#include <optional>

namespace tideline::control {

enum class Rehearsal { none, wanted, alarmed };

struct RehearsalTimes {
  Duration after = std::chrono::seconds(1);   // Minimum time after the last head; a quarter of it if alarmed.
  Duration floor = std::chrono::seconds(30);  // Maximum time between rehearsals, whatever they are worth.
};

// Returns true iff knowing the edge's slowdown could change which allowed plan is best. It compares the best plan on an
// edge as fast as in the table with the best plan on an edge four times slower than at its last measurement.
bool knowing_the_edge_pays(const decide::Policy& policy, const decide::Observation& seen);

// Returns whether a rehearsal is wanted. `since` is the time since a head was last timed (absent: never), `then` the
// conditions at that time. Requests that run heads give the same information: if they come often enough, none is
// wanted.
Rehearsal rehearsal(const decide::Policy& policy, const decide::Observation& seen, std::optional<Duration> since,
                    const plan::Conditions& then, const RehearsalTimes& times);

}  // namespace tideline::control
