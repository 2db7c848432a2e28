// Generate: traces from a seed, so that tests and benches need no data of others.
//
// A Markov chain of states, each of which holds for an exponential time; within a state the value walks around the
// state's own (an AR(1) probe_cuts of its logarithm, for CPU of the value). Dark is a state of its own. Pure functions.
#pragma once

#include "policy/replay/trace.h"

#include <cstdint>
#include <vector>

namespace tideline::replay {

struct Modulation {
  struct State {
    double value = 0;     // bit/s, or a share.
    Seconds holds = 10;   // Mean.
    double spread = 0.2;  // Standard deviation of ln(value); for CPU of the value.
    double chance = 1;    // Weight of being the next state.
  };
  std::vector<State> states;
  Seconds step = 0.5;   // Between rows.
  double memory = 0.8;  // Of the probe_cuts, from row to row.
};

// A cellular uplink: good, fair, poor, and dark for 0.3 to some seconds, about a 50th of the time. `mbps` is of good.
Modulation cellular(double mbps);
// An edge that is idle, half busy, or full.
Modulation busy_edge();

// REQUIRES: length > 0, some state of bandwidth has a value above zero.
Trace generate(Trace::Kind kind, const Modulation& modulation, Seconds length, std::uint64_t seed);

}  // namespace tideline::replay
