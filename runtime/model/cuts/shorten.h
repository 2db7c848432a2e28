// Shorten: removes the end of a network.
#pragma once

#include "runtime/model/script/cut_candidates.h"

#include <torch/csrc/jit/ir/ir.h>

#include <vector>

namespace tideline::cuts {

// Keeps only the part of the graph before `end`; its results become the values alive there. Removes the later
// operators, also from `operators`, and the weights that only they use. Candidates up to `end` stay valid.
void shorten(torch::jit::Graph& graph, std::vector<torch::jit::Node*>& operators, const script::CutCandidate& end);

}  // namespace tideline::cuts
