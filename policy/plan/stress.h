// Stress: the load and the link limits that a campaign imposes while it measures. A value.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <optional>
#include <string>

namespace tideline::plan {

// The stress asked for while a cell was measured. Shares are 0 to 1; an absent uplink is unshaped.
struct Stress {
  std::optional<BitsPerSecond> uplink;
  double edge_cpu = 0;
  double edge_memory = 0;
  double cloud_cpu = 0;
  double cloud_memory = 0;
  std::optional<Duration> delay;  // Added to every round trip between edge and cloud; absent means none, never zero.

  bool operator==(const Stress&) const = default;
};

std::string to_string(const Stress& stress);  // "uplink 10 Mbit/s, edge cpu 50 %"; "unstressed"

}  // namespace tideline::plan
