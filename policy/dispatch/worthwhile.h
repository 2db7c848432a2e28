// worthwhile: which of many plans can be of use under load.
#pragma once

#include "policy/dispatch/offer.h"

#include <cstddef>

namespace tideline::dispatch {

// Returns the `most` plans that are of the most use; REQUIRES: `most` is 1 or more. A request that occupies a stage
// delays those that wait for it by as much. So a plan is of use if, with so many requests waiting for each stage, it
// costs all of them the least. First come the usual plan, the fastest for tensors, and the mix of the fluid limit; then
// those that cost the least for the most numbers of waiting requests, and last those that come nearest to that. All
// times are 0 to Demand::kLongest. A pure function.
Offers worthwhile(Offers offers, Slots slots, std::size_t most);

}  // namespace tideline::dispatch
