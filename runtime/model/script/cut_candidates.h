// CutCandidates: finds the places where a graph may be divided, because only tensors are alive there.
//
// Constants belong to the operators that use them: they never cross a cut.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace tideline::script {

struct CutCandidate {
  std::size_t position = 0;              // Number of operators before it.
  std::vector<torch::jit::Value*> live;  // The live values, oldest first; at the last candidate the graph's outputs.
  std::string layer;                     // The layer before it; empty: the name of the operator before it.
  std::string obstacle;                  // Why the graph cannot be divided there; empty if it can.
};

// Returns true iff the node only yields a weight, a setting, or an undefined value of a branch.
bool is_constant(const torch::jit::Node& node);

// Returns the graph's top-level operators, in order, without constants.
std::vector<torch::jit::Node*> operators_of(torch::jit::Graph& graph);

// Returns the candidates in order, from the inputs to the outputs, without repetitions. A candidate has an obstacle if
// a live value is not a tensor, or if two live tensors share memory that an operator writes to.
std::vector<CutCandidate> find_candidates(const std::shared_ptr<torch::jit::Graph>& graph,
                                          const std::vector<torch::jit::Node*>& operators);

// Returns a graph of the operators between two candidates. Its constants share the memory of the originals.
std::shared_ptr<torch::jit::Graph> slice(const std::vector<torch::jit::Node*>& operators, const CutCandidate& from,
                                         const CutCandidate& to);

}  // namespace tideline::script
