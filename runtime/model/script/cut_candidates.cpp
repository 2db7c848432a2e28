#include "runtime/model/script/cut_candidates.h"

#include <torch/csrc/jit/ir/alias_analysis.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace tideline::script {
namespace {

using torch::jit::AliasDb;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

using Order = std::unordered_map<const Node*, std::size_t>;

// Returns the top-level node that is or contains `node`.
const Node* top_level(const Node* node, const torch::jit::Block* top) {
  while (node->owningBlock() != top) node = node->owningBlock()->owningNode();
  return node;
}

// Returns the position up to which the value is needed; 0 if nothing uses it.
std::size_t needed_until(const Value* value, const Graph& graph, const Order& order) {
  std::size_t last = 0;
  for (const auto& use : value->uses()) {
    const auto at = order.find(top_level(use.user, graph.block()));
    last = std::max(last, at == order.end() ? order.size() + 1 : at->second + 1);  // The graph's return node.
  }
  return last;
}

// Returns the kind in words, such as "a list", for an author who writes Python.
std::string kind_of(const c10::Type& type) {
  switch (type.kind()) {
    case c10::TypeKind::ListType:
      return "a list";
    case c10::TypeKind::TupleType:
      return "a tuple";
    case c10::TypeKind::DictType:
      return "a dictionary";
    case c10::TypeKind::IntType:
    case c10::TypeKind::FloatType:
    case c10::TypeKind::BoolType:
    case c10::TypeKind::NumberType:
      return "a number";
    default:
      return "a value of type " + type.repr_str();
  }
}

// Two tensors that share memory get separate memories when they cross. A write to one would then not show in the other.
bool share_written_memory(const std::vector<Value*>& values, const AliasDb& aliases) {
  for (const Value* written : values) {
    if (!aliases.hasWriters(written)) continue;
    for (const Value* other : values) {
      if (other != written && aliases.mayAlias(written, other)) return true;
    }
  }
  return false;
}

std::string obstacle_of(const std::vector<Value*>& live, const AliasDb& aliases) {
  for (const Value* value : live) {
    if (!value->type()->isSubtypeOf(*c10::TensorType::get())) return kind_of(*value->type()) + " is alive";
  }
  return share_written_memory(live, aliases) ? "two live tensors share memory that is written to" : "";
}

}  // namespace

bool is_constant(const Node& node) {
  return node.kind() == at::prim::Constant || node.kind() == at::prim::Uninitialized;
}

std::vector<Node*> operators_of(Graph& graph) {
  std::vector<Node*> operators;
  for (Node* node : graph.nodes()) {
    if (!is_constant(*node)) operators.push_back(node);
  }
  return operators;
}

std::vector<CutCandidate> find_candidates(const std::shared_ptr<Graph>& graph, const std::vector<Node*>& operators) {
  const AliasDb aliases(graph);
  Order order;
  for (std::size_t i = 0; i < operators.size(); ++i) order.emplace(operators[i], i);
  std::vector<CutCandidate> candidates{{0, graph->inputs().vec(), {}, {}}};
  auto live = graph->inputs().vec();
  for (std::size_t position = 1; position < operators.size(); ++position) {
    const auto made = operators[position - 1]->outputs();
    live.insert(live.end(), made.begin(), made.end());
    const auto over = [&](const Value* v) { return needed_until(v, *graph, order) <= position; };
    live.erase(std::remove_if(live.begin(), live.end(), over), live.end());
    if (live != candidates.back().live && !live.empty())
      candidates.push_back({position, live, {}, obstacle_of(live, aliases)});
  }
  auto outputs = graph->outputs().vec();
  if (candidates.size() > 1 && candidates.back().live == outputs) candidates.pop_back();
  candidates.push_back({operators.size(), std::move(outputs), {}, {}});
  return candidates;
}

std::shared_ptr<Graph> slice(const std::vector<Node*>& operators, const CutCandidate& from, const CutCandidate& to) {
  auto graph = std::make_shared<Graph>();
  std::unordered_map<const Value*, Value*> here;
  for (const Value* value : from.live) here.emplace(value, graph->addInput()->setType(value->type()));
  const auto clone = [&](Node* node, const auto& map) {
    Node* copy = graph->appendNode(graph->createClone(node, map));
    for (std::size_t i = 0; i < node->outputs().size(); ++i) here[node->outputs()[i]] = copy->outputs()[i];
  };
  const auto only_constants = [](Value* value) { return value; };
  const auto find = [&](Value* value) {
    if (here.count(value) == 0) clone(value->node(), only_constants);
    return here.at(value);
  };
  for (std::size_t i = from.position; i < to.position; ++i) clone(operators[i], find);
  for (Value* value : to.live) graph->registerOutput(find(value));
  return graph;
}

}  // namespace tideline::script
