// Regions: where a graph cannot be divided, and why.
#pragma once

#include "runtime/model/script/cut_candidates.h"

#include <cstddef>
#include <string>
#include <vector>

namespace tideline::cuts {

// The operators between two neighbouring probed cuts.
struct Region {
  std::size_t after = 0;      // Number of the probed cut before it.
  std::size_t operators = 0;  // Operators that compute, including those inside of branches and loops.
  std::string why;            // The reason, such as "a list is alive".
};

// Returns the regions with several operators between candidates without an obstacle.
std::vector<Region> find_regions(const std::vector<torch::jit::Node*>& operators,
                                 const std::vector<script::CutCandidate>& seams);

}  // namespace tideline::cuts
