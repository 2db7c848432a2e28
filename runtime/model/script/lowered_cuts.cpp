#include "runtime/model/script/lowered_cuts.h"

#include "runtime/model/kernels/lower.h"
#include "runtime/model/script/layer_name.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace tideline::script {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

std::vector<std::string> names_of(const std::vector<Value*>& values) {
  std::vector<std::string> names;
  names.reserve(values.size());
  for (const Value* value : values) names.push_back(value->debugName());
  return names;
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

// Moves nodes to the end of the graph, one by one, each after its inputs. The graph must be pure.
class Sequence {
 public:
  explicit Sequence(Graph& graph) : graph_(graph) {}

  void put(Node* node) {
    if (node->owningBlock() != graph_.block() || node->kind() == at::prim::Param || !put_.insert(node).second) return;
    put_what_it_needs(*node);
    node->moveBefore(graph_.return_node());
  }

 private:
  void put_what_it_needs(Node& node) {
    for (Value* input : node.inputs()) put(input->node());
    for (Block* inner : node.blocks()) {
      for (Node* nested : inner->nodes()) put_what_it_needs(*nested);
      for (Value* result : inner->outputs()) put(result->node());
    }
  }

  Graph& graph_;
  std::unordered_set<const Node*> put_;
};

void reorder(Graph& graph, const std::vector<Node*>& order) {
  std::unordered_map<std::string, Node*> makers;
  for (Node* node : graph.nodes()) {
    for (const Value* value : node->outputs()) makers.emplace(value->debugName(), node);
  }
  Sequence sequence(graph);
  for (const Node* node : order) {
    for (const Value* value : node->outputs()) {
      if (const auto maker = makers.find(value->debugName()); maker != makers.end()) sequence.put(maker->second);
    }
  }
  for (Value* output : graph.outputs()) sequence.put(output->node());
}

}  // namespace

std::vector<LoweredCut> follow_lowered(const std::shared_ptr<Graph>& graph) {
  const auto lowered = graph->copy();
  kernels::lower(lowered, kernels::Library::onednn);  // Any library: it never runs.
  const auto operators = operators_of(*lowered);
  reorder(*graph, operators);
  std::vector<LoweredCut> cuts;
  for (const CutCandidate& candidate : find_candidates(lowered, operators)) {
    const auto at = candidate.position;
    cuts.push_back({at == 0 ? "" : layer_name(*operators[at - 1], at - 1), names_of(candidate.live)});
  }
  return cuts;
}

void keep_lowered(const std::vector<LoweredCut>& cuts, std::vector<CutCandidate>& candidates) {
  std::map<std::vector<std::string>, const LoweredCut*> known;
  for (const LoweredCut& cut : cuts) known.emplace(sorted(cut.live), &cut);
  std::vector<CutCandidate> kept{std::move(candidates.front())};
  for (std::size_t i = 1; i + 1 < candidates.size(); ++i) {
    const auto cut = known.find(sorted(names_of(candidates[i].live)));
    if (cut == known.end()) continue;
    const auto& order = cut->second->live;
    const auto rank = [&](const Value* v) { return std::find(order.begin(), order.end(), v->debugName()); };
    std::sort(candidates[i].live.begin(), candidates[i].live.end(),
              [&](Value* a, Value* b) { return rank(a) < rank(b); });
    candidates[i].layer = cut->second->layer;
    kept.push_back(std::move(candidates[i]));
  }
  if (candidates.size() > 1) kept.push_back(std::move(candidates.back()));
  candidates = std::move(kept);
}

}  // namespace tideline::script
