// Conditions: what the machines and the link between them leave us now.
//
// Every field is a reading of the same sensor in the profiler and in the agent, so that the two can be compared.
// A reading that we do not have is absent, never zero.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <optional>

namespace tideline {

struct Conditions {
  std::optional<BitsPerSecond> uplink;        // Goodput from edge to cloud, from the cloud's receive stamps.
  std::optional<double> uplink_sd;            // Standard deviation of ln(uplink): how unsure that is by now.
  std::optional<BitsPerSecond> uplink_usual;  // What uplink has been over the last minute.
  std::optional<Duration> rtt;                // Smallest of the last seconds.
  std::optional<Bytes> uplink_window;         // What TCP would send at once; the rest waits for round trips.
  std::optional<Duration> uplink_stalled;     // How long it has stood still; halves every second once it moves again.
  std::optional<double> edge_slowdown;        // Head time over the head time of the unstressed table; 1 is unstressed.
  std::optional<double> cloud_slowdown;       // Tail time (queue excluded) over that of the unstressed table.
  std::optional<Duration> cloud_queue;        // What a tail has lately waited there for its turn.
  std::optional<double> edge_memory_free;     // Share of the edge's memory that is available, 0 to 1.
  // Cross-checks of edge_slowdown, and alarms: a change of them says that it is out of date.
  std::optional<double> edge_waited;        // Share of the last head's time that its thread waited for a CPU, 0 to 1.
  std::optional<double> edge_cpu_pressure;  // Share of the last tick in which some task did (PSI some), 0 to 1.
  std::optional<double> edge_throttled;     // Share of its periods in which a CPU quota had run out, 0 to 1.
  std::optional<std::uint64_t> edge_major_faults;  // Pages that this process waited for a disk for, in the last tick.
  std::optional<bool> peer_up;  // The link is connected, and the peer holds the model and computes as measured.

  bool operator==(const Conditions&) const = default;
};

}  // namespace tideline
