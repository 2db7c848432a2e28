// Addresses: where the lowered form of a graph can be divided, for a machine that runs the graph as libtorch has it.
//
// Edge and cloud must have the same cuts, whichever of them has kernels: what those do in one is not divided anywhere.
#pragma once

#include "runtime/model/script/cut_candidates.h"

#include <memory>
#include <string>
#include <vector>

namespace tideline {

struct LoweredCut {
  std::string layer;              // The layer before it, as the lowered form calls it.
  std::vector<std::string> live;  // The names of what is alive there, in order.
};

// Brings the operators into the order of the lowered form, and returns its places; the graph computes what it did.
// REQUIRES: can_be_lowered(*graph).
std::vector<LoweredCut> follow_lowered(const std::shared_ptr<torch::jit::Graph>& graph);

// Leaves of the seams the first, the last, and those at a place.
void keep_lowered(const std::vector<LoweredCut>& places, std::vector<CutCandidate>& seams);

}  // namespace tideline
