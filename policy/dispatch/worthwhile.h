// worthwhile: which of many plans can be of use under load.
#pragma once

#include "policy/dispatch/offer.h"

#include <cstddef>

namespace tideline::dispatch {

// Returns at most `most` of the plans; REQUIRES: `most` is 1 or more. A request that occupies a stage delays those that
// wait for it by as much. So a plan is of use if, with so many requests waiting for each stage, it costs all of them
// the least. Those are kept that do so for the most numbers of waiting requests; first of all the usual plan, the
// fastest for tensors, and the mix of the fluid limit. All times are 0 to Demand::kLongest. A pure function.
Offers worthwhile(Offers offers, Slots slots, std::size_t most);

}  // namespace tideline::dispatch
