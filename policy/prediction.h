// What a measured cell becomes under what is seen now.
//
// A pure function. Thread-safe.
#pragma once

#include "policy/conditions.h"
#include "policy/table.h"

#include <cstdint>

namespace tideline {

// Returns `cell` with what no measured cell knows of added to the network of every plan that sends something: while the
// uplink stands still, a request waits at least as long again as it has stood; and where TCP may send only little at
// once, as after a rest, a request loses round trips that those in a row, which were measured, did not lose. `last_cut`
// is edge-only.
Cell predicted(Cell cell, const Conditions& now, std::uint32_t last_cut);

}  // namespace tideline
