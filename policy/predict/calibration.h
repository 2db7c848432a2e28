// Calibration: what a table's cells tell of the network beyond wire, rate and round trip, and of an edge under load.
//
// Pure functions. Thread-safe.
#pragma once

#include "policy/table/table.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tideline {

// Returns the rate that the cell was measured at: as it was seen, else as it was asked; absent where neither is known.
std::optional<BitsPerSecond> measured_uplink(const Cell& cell);

// Returns by how much more time the wire takes than bytes over the rate that the sensor tells: the median, over plans
// that send and cells with at most half the rate of the unstressed one, of what the network took more than there over
// what it should have. 1 where nothing tells; 0.5 to 2.
double wire_slower(const PartitionTable& table);

// Returns, by plan, what its network takes whatever the rate: the median over cells whose edge has its CPU of what is
// left of the measured network once wire and round trip (where the unstressed cell knows one) are taken away, cells
// counting the more the less there was to take away. Zero for edge-only.
std::vector<Duration> network_overheads(const PartitionTable& table, double slower);

// What the edge's load does to its plans beside slowing heads, where the load that is seen slows the edge by s.
struct EdgeLoad {
  Duration network{};  // What sending takes more, for every 1 that s exceeds 1 by: who sends waits for the CPU, too.
  double most = 1;     // The largest s that was measured; beyond it nothing more is known.

  Duration more(double s) const;
};
EdgeLoad edge_load(const PartitionTable& table, double slower);

// Returns the place of the plan whose head is to be timed where no request runs one: the shortest that says more of the
// machine than of the timer (1 ms), up to the cut `deepest`.
std::optional<std::size_t> rehearsed(const PartitionTable& table, std::uint32_t deepest);

}  // namespace tideline
