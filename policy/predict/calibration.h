// Calibration: derives from a table's cells what the sum of terms cannot predict about the network and a loaded edge.
//
// Pure functions. Thread-safe.
#pragma once

#include "policy/table/table.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tideline::predict {

// Returns the rate of the cell: the seen one, else the asked one; absent if neither is known.
std::optional<BitsPerSecond> measured_uplink(const table::Cell& cell);

// Returns by which factor the wire is slower than the sensor's rate says. It is a median over plans that send and cells
// with at most half the unstressed rate. Each value is the extra network time over the unstressed cell, divided by the
// expected extra time. Within 0.5 to 2; 1 if no cell shows it.
double wire_slower(const table::PartitionTable& table);

// Returns for each plan the part of its network time that does not depend on the rate. It is a weighted median, over
// cells without edge load, of the measured network time less wire time and round trip (if the unstressed cell knows
// one). A cell weighs more the less was subtracted. Zero for edge-only.
std::vector<Duration> network_overheads(const table::PartitionTable& table, double slower);

// How an edge load slows plans beyond their heads. s is the seen slowdown of the edge.
struct EdgeLoad {
  Duration network{};  // Extra network time for each 1 that s exceeds 1 by: a sender waits for the CPU, too.
  double most = 1;     // The largest measured s; nothing is known beyond it.

  Duration more(double s) const;
};
EdgeLoad edge_load(const table::PartitionTable& table, double slower);

// Returns the place of the plan whose head is to be rehearsed, that is timed while no request runs one. It is the
// shortest head of at least 1 ms (shorter ones measure the timer), up to the cut `deepest`.
std::optional<std::size_t> rehearsed(const table::PartitionTable& table, std::uint32_t deepest);

}  // namespace tideline::predict
