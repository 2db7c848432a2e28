// Conditions: the current state of both machines and of the link between them.
//
// The profiler and the agent read the same sensors, so their values are comparable. An unknown reading is absent, never
// zero.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <optional>

namespace tideline::plan {

struct Conditions {
  std::optional<BitsPerSecond> uplink;        // Goodput from edge to cloud, from the cloud's receive stamps.
  std::optional<double> uplink_sd;            // Standard deviation of ln(uplink): how uncertain the estimate is now.
  std::optional<BitsPerSecond> uplink_usual;  // Mean of the uplink; its memory halves every minute.
  std::optional<Duration> rtt;                // Smallest of the last 10 seconds.
  std::optional<Bytes> uplink_window;         // Bytes that TCP may send at once; more bytes wait for round trips.
  std::optional<Duration> uplink_stalled;     // Duration of the stall; halves every second once bytes move again.
  std::optional<double> edge_slowdown;        // Head time over the head time of the unstressed table; 1 is unstressed.
  std::optional<double>
      cloud_slowdown;  // Tail time (queue excluded) over that of the unstressed table; 1 is unstressed.
  std::optional<Duration> cloud_queue;     // Recent wait of a tail for a compute slot in the cloud.
  std::optional<int> cloud_slots;          // Tails that the cloud runs at once; several clouds together.
  std::optional<double> edge_memory_free;  // Share of the edge's memory that is available, 0 to 1.
  // Cross-checks of edge_slowdown. A change of one means that edge_slowdown may be out of date.
  std::optional<double> edge_waited;  // Share of the last head's time that its thread waited for a CPU, 0 to 1.
  std::optional<double>
      edge_cpu_pressure;  // Share of the last tick in which some task waited for a CPU (PSI some), 0 to 1.
  std::optional<double> edge_throttled;            // Share of its periods in which a CPU quota had run out, 0 to 1.
  std::optional<std::uint64_t> edge_major_faults;  // Pages that this process read from disk in the last tick.
  std::optional<bool> peer_up;  // The link is connected, and the peer has the model and computes as measured.

  bool operator==(const Conditions&) const = default;
};

}  // namespace tideline::plan
