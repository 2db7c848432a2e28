// Stress: how bad the machines and the link between them are made for measuring. A value.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <optional>
#include <string>

namespace tideline {

// What was asked of the machines while a cell was measured; shares are 0 to 1, absent uplink means unshaped.
struct Stress {
  std::optional<BitsPerSecond> uplink;
  double edge_cpu = 0;
  double edge_memory = 0;
  double cloud_cpu = 0;
  double cloud_memory = 0;
  std::optional<Duration> delay;  // Added to every round trip between the two; absent means none, never zero.

  bool operator==(const Stress&) const = default;
};

std::string to_string(const Stress& stress);  // "uplink 10 Mbit/s, edge cpu 50 %"; "unstressed"

}  // namespace tideline
