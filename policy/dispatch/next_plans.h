// next_plans: by which plans the requests after this one may be served, for a look ahead.
//
// A pure function.
#pragma once

#include "policy/dispatch/offer.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tideline::dispatch {

// The plans of requests that follow one another, as places among the offers.
using Plans = std::vector<std::size_t>;

// Returns lists of `count` plans: all by one plan, for each of the plans; and the fluid limit's mix in turn
// (fluid_limit.h), forwards and backwards.
std::vector<Plans> next_plans(std::span<const Offer> plans, Slots slots, std::size_t count);

}  // namespace tideline::dispatch
