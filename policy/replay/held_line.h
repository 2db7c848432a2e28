// HeldLine: one plan of a World, held, with its queues. A value. Belongs to one thread.
#pragma once

#include "policy/replay/owed.h"
#include "policy/replay/world.h"

#include <cstddef>
#include <vector>

namespace tideline::replay {

// Requests pass edge, uplink and cloud in the order in which they arrived: with one slot of each, as in Machines. With
// more slots they may overtake one another there, and not here.
class HeldLine {
 public:
  // REQUIRES: `world` outlives this.
  HeldLine(const World& world, std::size_t plan);

  // Returns when a request that arrives at `at` ends. REQUIRES: `at` does not decrease.
  Seconds serve(const Dice& dice, Seconds at);

 private:
  const World* world_;
  std::size_t plan_;
  std::vector<Seconds> edge_, cloud_;  // When each slot is free.
  Owed owed_;
  Seconds uplink_ = 0;  // When the uplink is free.
};

}  // namespace tideline::replay
