// Sides: numbers the conditions of a campaign's cells by side: edge, cloud, and the link between them.
//
// A request is a head on the edge, a transfer, and a tail in the cloud. Each is slowed mainly by its own side, so the
// effect of a side can be measured while the other two are at their baseline. Pure functions. Thread-safe.
#pragma once

#include "policy/plan/stress.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tideline::fit {

// Each vector holds the number of the condition on that side, by cell; 0 is the condition of the first cell.
struct Sides {
  std::vector<std::uint32_t> edge;   // CPU and memory.
  std::vector<std::uint32_t> cloud;  // CPU and memory.
  std::vector<std::uint32_t> link;   // Uplink and delay.
  std::uint32_t edges = 0, clouds = 0, links = 0;

  bool only_edge(std::uint32_t cell) const { return cloud[cell] == 0 && link[cell] == 0; }
  bool only_cloud(std::uint32_t cell) const { return edge[cell] == 0 && link[cell] == 0; }
  bool only_link(std::uint32_t cell) const { return edge[cell] == 0 && cloud[cell] == 0; }
};

Sides sides_of(std::span<const plan::Stress> cells);

}  // namespace tideline::fit
