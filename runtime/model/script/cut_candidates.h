// Seams: the places where a graph may be divided, because nothing but tensors is alive there.
//
// Constants belong to whoever uses them: they never cross a seam.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace tideline {

struct CutCandidate {
  std::size_t position = 0;              // How many of the operators run before it.
  std::vector<torch::jit::Value*> live;  // What is alive there, oldest first; at the last seam the graph's outputs.
  std::string layer;                     // The layer before it; empty: what the operator before it is called.
  std::string obstacle;                  // Why the graph cannot be divided there after all; empty where it can.
};

// Returns true iff the node only yields a weight, a setting, or what a branch leaves open.
bool is_constant(const torch::jit::Node& node);

// Returns the graph's top-level operators, in order, without the constants.
std::vector<torch::jit::Node*> operators_of(torch::jit::Graph& graph);

// Returns the seams in order: first the inputs, last the outputs; none that equals the one before. There is an obstacle
// where a live value is no tensor, or two live tensors share memory that something writes to.
std::vector<CutCandidate> find_candidates(const std::shared_ptr<torch::jit::Graph>& graph,
                             const std::vector<torch::jit::Node*>& operators);

// Returns a graph of the operators between two seams. Its constants share the memory of the originals.
std::shared_ptr<torch::jit::Graph> slice(const std::vector<torch::jit::Node*>& operators, const CutCandidate& from,
                                         const CutCandidate& to);

}  // namespace tideline
