#include "runtime/model/graph/attributes.h"

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/ir/constants.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace tideline::graph {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// Modules by the graph values that refer to them.
using Modules = std::unordered_map<const Value*, at::IValue>;

bool writes_to_tensor(const Node& node) {
  const auto* schema = node.maybeSchema();
  if (schema == nullptr) return false;
  const auto& arguments = schema->arguments();
  return std::any_of(arguments.begin(), arguments.end(), [](const c10::Argument& argument) {
    return argument.alias_info() != nullptr && argument.alias_info()->isWrite() &&
           argument.type()->kind() != c10::TypeKind::ListType;
  });
}

bool keeps_state(const Block& block) {
  const auto keeps = [](const Node* node) {
    const auto inside = node->blocks();
    return node->kind() == at::prim::SetAttr || writes_to_tensor(*node) ||
           std::any_of(inside.begin(), inside.end(), [](const Block* inner) { return keeps_state(*inner); });
  };
  return std::any_of(block.nodes().begin(), block.nodes().end(), keeps);
}

void bind(Node& node, Modules& modules) {
  const auto module = modules.find(node.input(0));
  if (module == modules.end()) return;
  at::IValue value = module->second.toObject()->getAttr(node.s(at::attr::name));
  if (value.isObject()) {
    modules.emplace(node.output(), std::move(value));
    return;
  }
  if (value.isTensor() && value.toTensor().defined()) value = value.toTensor().detach();
  const torch::jit::WithInsertPoint here(&node);
  if (const auto constant = torch::jit::tryInsertConstant(*node.owningGraph(), value)) {
    node.output()->replaceAllUsesWith(*constant);
  }
}

void bind(Block& block, Modules& modules) {
  const std::vector<Node*> nodes(block.nodes().begin(), block.nodes().end());
  for (Node* node : nodes) {
    if (node->kind() == at::prim::GetAttr) bind(*node, modules);
    for (Block* inner : node->blocks()) bind(*inner, modules);
  }
}

}  // namespace

void bind_attributes(const torch::jit::Module& module, Graph& graph) {
  if (graph.inputs().empty() || keeps_state(*graph.block())) return;
  Modules modules{{graph.inputs()[0], module._ivalue()}};
  bind(*graph.block(), modules);
}

}  // namespace tideline::graph
