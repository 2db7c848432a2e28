// fluid_limit: how many requests a second an edge, an uplink and a cloud can serve together, by the best mix of plans.
//
// The linear program: maximise the rate such that no stage is used for more than its time, over all shares of plans. A
// long queue reaches it and no rule can serve more (Dai, "On positive Harris recurrence of multiclass queueing
// networks: a unified approach via fluid limit models", Annals of Applied Probability 1995). A pure function.
//
//   const FluidLimit limit = fluid_limit(offers.plans, {});
//   log("{} requests a second", limit.rate);
#pragma once

#include "policy/dispatch/offer.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tideline::dispatch {

struct FluidLimit {
  struct Share {
    std::size_t plan = 0;  // Index into the offers.
    double share = 0;      // Above 0; the shares add up to 1.
  };
  double rate = 0;         // Requests per second; infinite if some plan takes no time.
  std::vector<Share> mix;  // At most three plans; that of the best rate.
};

// REQUIRES: `plans` is not empty.
FluidLimit fluid_limit(std::span<const Offer> plans, Slots slots);

// Returns the plans of `count` requests that follow one another, such that each plan of the mix has its share among the
// first few already. REQUIRES: the mix is not empty.
std::vector<std::size_t> in_turn(const FluidLimit& limit, std::size_t count);

}  // namespace tideline::dispatch
