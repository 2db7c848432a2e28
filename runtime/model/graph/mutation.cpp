#include "runtime/model/graph/mutation.h"

#include <algorithm>

namespace tideline::graph {
namespace {

bool writes(const torch::jit::Node& node) {
  const auto* schema = node.maybeSchema();
  if (schema != nullptr && schema->is_mutable()) return true;
  const auto blocks = node.blocks();
  return std::any_of(blocks.begin(), blocks.end(), [](const torch::jit::Block* inner) { return any_writes(*inner); });
}

}  // namespace

bool any_writes(const torch::jit::Block& block) {
  const auto nodes = block.nodes();
  return std::any_of(nodes.begin(), nodes.end(), [](const torch::jit::Node* node) { return writes(*node); });
}

}  // namespace tideline::graph
