// LoweredCuts: where the lowered form of a graph can be divided, for machines that run libtorch's operators instead.
//
// Edge and cloud must have the same cuts, whether or not they use kernels. So no side divides operators that a kernel
// fuses.
#pragma once

#include "runtime/model/script/cut_candidates.h"

#include <memory>
#include <string>
#include <vector>

namespace tideline::script {

struct LoweredCut {
  std::string layer;              // The layer before it, as named in the lowered form.
  std::vector<std::string> live;  // Names of the live values, in order.
};

// Brings the operators into the order of the lowered form, and returns the cuts of that form. The graph's results stay
// the same. REQUIRES: can_be_lowered(*graph).
std::vector<LoweredCut> follow_lowered(const std::shared_ptr<torch::jit::Graph>& graph);

// Keeps the first and the last candidate, and those at one of `cuts`.
void keep_lowered(const std::vector<LoweredCut>& cuts, std::vector<CutCandidate>& candidates);

}  // namespace tideline::script
