// Generate: makes traces from a seed, so that tests and benches need no external data.
//
// A Markov chain of states; each lasts an exponentially distributed time. Within a state the value fluctuates around
// the state's own (an AR(1) walk of its logarithm; for CPU, of the value). An outage is a state of its own. Pure
// functions.
#pragma once

#include "policy/replay/trace.h"

#include <cstdint>
#include <vector>

namespace tideline::replay {

struct Modulation {
  struct State {
    double value = 0;     // bit/s, or a share.
    Seconds holds = 10;   // Mean.
    double spread = 0.2;  // Standard deviation of ln(value); for CPU, of the value.
    double chance = 1;    // Weight of being the next state.
  };
  std::vector<State> states;
  Seconds step = 0.5;   // Between rows.
  double memory = 0.8;  // AR(1) coefficient of the walk, from row to row.
};

// A cellular uplink: good, fair, poor, and outages of 0.3 to some seconds, about 2 % of the time. `mbps` is the good
// rate.
Modulation cellular(double mbps);
// An edge that is idle, half busy, or fully busy.
Modulation busy_edge();

// REQUIRES: length > 0; for bandwidth, some state has a value above zero.
Trace generate(Trace::Kind kind, const Modulation& modulation, Seconds length, std::uint64_t seed);

}  // namespace tideline::replay
