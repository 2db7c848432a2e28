#include "runtime/model/cuts/regions.h"

#include <algorithm>
#include <map>

namespace tideline::cuts {
namespace {

using torch::jit::Node;

bool is_tensor(const torch::jit::Value* value) {
  return value->type()->isSubtypeOf(*c10::TensorType::get());
}

// Counts the operators that compute, because they return a tensor. Operators that only count, or put tensors into a
// list, do not compute.
std::size_t computing(const Node& node) {
  std::size_t count = 0;
  for (const auto* block : node.blocks()) {
    for (const Node* inner : block->nodes()) count += script::is_constant(*inner) ? 0 : computing(*inner);
  }
  const auto outputs = node.outputs();
  const bool computes = std::any_of(outputs.begin(), outputs.end(), is_tensor);
  return node.blocks().empty() && computes ? 1 : count;
}

// Counts the reasons why the region between two positions cannot be divided.
class Votes {
 public:
  void add(const Node& node) {
    const std::size_t inside = computing(node);
    operators_ += inside;
    if (!node.blocks().empty() && inside > 1)
      votes_[node.kind() == at::prim::Loop ? "inside a loop" : "inside an if"] += inside;
  }
  void add(const std::string& obstacle) { ++votes_[obstacle]; }

  // Returns a region without operators if nothing keeps the operators together.
  Region region(std::uint32_t after) const {
    const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
    const auto most = std::max_element(votes_.begin(), votes_.end(), fewer);
    if (most == votes_.end() || operators_ < 2) return {};
    return {after, operators_, most->first};
  }

 private:
  std::size_t operators_ = 0;
  std::map<std::string, std::size_t> votes_;
};

}  // namespace

std::vector<Region> find_regions(const std::vector<Node*>& operators,
                                 const std::vector<script::CutCandidate>& candidates) {
  std::vector<Region> regions;
  Votes votes;
  std::uint32_t after = 0;
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    for (std::size_t at = candidates[i - 1].position; at < candidates[i].position; ++at) votes.add(*operators[at]);
    if (!candidates[i].obstacle.empty()) {
      votes.add(candidates[i].obstacle);
      continue;
    }
    if (Region region = votes.region(after); region.operators > 0) regions.push_back(std::move(region));
    votes = {};
    ++after;
  }
  return regions;
}

}  // namespace tideline::cuts
