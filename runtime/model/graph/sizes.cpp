#include "runtime/model/graph/sizes.h"

#include <torch/csrc/jit/ir/constants.h>

#include <algorithm>
#include <optional>

namespace tideline::graph {
namespace {

using torch::jit::Node;
using Shape = std::vector<std::int64_t>;

// Returns the size of the dimension that the node reads; nothing if the dimension or its size is unknown.
std::optional<at::IValue> one_size(const Node& node, const Shape& shape) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto asked = torch::jit::constant_as<std::int64_t>(node.input(1));
  const std::int64_t at = asked ? (*asked < 0 ? *asked + rank : *asked) : -1;
  if (at < 0 || at >= rank || shape[static_cast<std::size_t>(at)] <= 0) return std::nullopt;
  return at::IValue(shape[static_cast<std::size_t>(at)]);
}

std::optional<at::IValue> answer(const Node& node, const Shape& shape) {
  if (node.kind() == at::aten::dim) return at::IValue(static_cast<std::int64_t>(shape.size()));
  if (node.kind() != at::aten::size) return std::nullopt;
  if (node.inputs().size() == 2) return one_size(node, shape);
  const bool all_known = std::all_of(shape.begin(), shape.end(), [](auto size) { return size > 0; });
  return all_known ? std::optional<at::IValue>(shape) : std::nullopt;
}

}  // namespace

void fix_sizes_of(const torch::jit::Value& input, const Shape& shape) {
  for (const auto& use : input.uses()) {
    const auto known = answer(*use.user, shape);
    if (!known) continue;
    const torch::jit::WithInsertPoint here(use.user);
    use.user->output()->replaceAllUsesWith(use.user->owningGraph()->insertConstant(*known));
  }
}

}  // namespace tideline::graph
