// Capacity: how many requests a second a table's plans can serve together, on average over traces.
//
// The fluid limit (dispatch/fluid_limit.h) of the plans that the constraints allow. What they take of each stage is as
// the latency model predicts it at the mean of the bandwidth trace and at the edge's slowdown at the mean of the CPU
// trace, with an undisturbed cloud; of the edge at least what they occupy (ReplaySetting::work). The errors of the
// World, which no policy knows, are not part of it. A pure function.
#pragma once

#include "policy/decide/policies.h"
#include "policy/plan/plan.h"
#include "policy/replay/world.h"

#include <vector>

namespace tideline::replay {

struct Capacity {
  struct Share {
    plan::Plan plan;
    double share = 0;  // Of the requests; the shares add up to 1.
  };
  double per_s = 0;        // Requests; 0 if no plan is allowed, infinite if some plan takes no time.
  std::vector<Share> mix;  // The largest share first.
};

// REQUIRES: `world` is made from `settings.table`; `cpu` is its CPU trace, null for an idle edge.
Capacity capacity(const decide::PolicySettings& settings, const World& world, const Trace* cpu);

}  // namespace tideline::replay
