// Shorten: the end of a network is taken away.
#pragma once

#include "runtime/model/script/cut_candidates.h"

#include <torch/csrc/jit/ir/ir.h>

#include <vector>

namespace tideline {

// Leaves of the graph what stands before `end`, where its results are now what is alive there. The operators behind it
// are gone, with the weights that only they use; they are taken off `operators`, too. Seams up to `end` stay valid.
void shorten(torch::jit::Graph& graph, std::vector<torch::jit::Node*>& operators, const CutCandidate& end);

}  // namespace tideline
