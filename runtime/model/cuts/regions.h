// Regions: where a graph cannot be divided, and why.
#pragma once

#include "runtime/model/script/cut_candidates.h"

#include <cstddef>
#include <string>
#include <vector>

namespace tideline {

// What lies between two neighbouring landings.
struct Region {
  std::size_t after = 0;      // Number of the landing before it.
  std::size_t operators = 0;  // That compute, those inside branches and loops included.
  std::string why;            // "a list is alive"
};

// Returns the regions of several operators between seams without an obstacle.
std::vector<Region> find_regions(const std::vector<torch::jit::Node*>& operators, const std::vector<CutCandidate>& seams);

}  // namespace tideline
