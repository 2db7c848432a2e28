// What a measured cell becomes under what is seen now.
//
// Pure functions. Thread-safe.
#pragma once

#include "policy/plan/conditions.h"
#include "policy/table/table.h"

#include <cstdint>
#include <optional>

namespace tideline {

// Returns `cell` with what no measured cell knows of added to the network of every plan that sends something: while the
// uplink stands still, a request waits at least as long again as it has stood; and where TCP may send only little at
// once, as after a rest, a request loses round trips that those in a row, which were measured, did not lose. `last_cut`
// is edge-only.
Cell predicted(Cell cell, const Conditions& now, std::uint32_t last_cut);

// What is left of a request once what crosses is sent.
struct RemainingTime {
  Duration remote{};  // Until the cloud's answer is here.
  Duration local{};   // Running the tail on the edge.

  bool operator==(const RemainingTime&) const = default;
};
// Returns the rest of `plan` in a cell that was predicted; nothing for edge-only, and where the cell does not say.
std::optional<RemainingTime> remaining_time(const Plan& plan, const Cell& cell, const Plan& edge_only);

}  // namespace tideline
