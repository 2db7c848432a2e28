#include "runtime/model/cuts/shorten.h"

namespace tideline::cuts {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

void shorten(Graph& graph, std::vector<Node*>& operators, const script::CutCandidate& end) {
  while (!graph.outputs().empty()) graph.eraseOutput(graph.outputs().size() - 1);
  for (Value* value : end.live) graph.registerOutput(value);
  for (; operators.size() > end.position; operators.pop_back()) operators.back()->destroy();
  auto nodes = graph.nodes();
  for (auto node = nodes.begin(); node != nodes.end(); ++node) {
    if (script::is_constant(**node) && !node->hasUses()) node.destroyCurrent();
  }
}

}  // namespace tideline::cuts
