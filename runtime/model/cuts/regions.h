// Regions: finds where a graph cannot be divided, and why.
#pragma once

#include "runtime/model/cuts/region.h"
#include "runtime/model/script/cut_candidates.h"

#include <vector>

namespace tideline::cuts {

// Returns the regions with several operators between candidates without an obstacle.
std::vector<Region> find_regions(const std::vector<torch::jit::Node*>& operators,
                                 const std::vector<script::CutCandidate>& candidates);

}  // namespace tideline::cuts
