#include "runtime/model/script/determinism.h"

#include "runtime/model/script/layer_name.h"

#include <torch/csrc/jit/ir/constants.h>

#include <optional>
#include <string_view>

namespace tideline::script {
namespace {

using torch::jit::Block;
using torch::jit::Node;

// Returns the index of the named argument among the node's inputs; nothing if it has none.
std::optional<std::size_t> place_of(const Node& node, std::string_view name) {
  const auto* schema = node.maybeSchema();
  if (schema == nullptr) return std::nullopt;
  const auto& arguments = schema->arguments();
  for (std::size_t i = 0; i < arguments.size() && i < node.inputs().size(); ++i) {
    if (arguments[i].name() == name) return i;
  }
  return std::nullopt;
}

// Returns the value of the named argument if it is a constant.
template <typename T>
std::optional<T> constant_argument(const Node& node, std::string_view name) {
  const auto place = place_of(node, name);
  if (!place) return std::nullopt;
  const auto value = torch::jit::constant_as<T>(node.input(*place));
  return value ? std::optional<T>(*value) : std::nullopt;
}

bool flag(const Node& node, std::string_view name) {
  return constant_argument<bool>(node, name).value_or(false);
}

bool begins_with(std::string_view text, std::string_view part) {
  return text.substr(0, part.size()) == part;
}

// Returns true iff the node does something that belongs to training.
bool learns(const Node& node) {
  const std::string_view kind = node.kind().toUnqualString();
  if (constant_argument<double>(node, "dropout_p").value_or(0) > 0) return true;            // The attention operator.
  if (kind == "batch_norm") return flag(node, "training") && !node.input(3)->mustBeNone();  // With statistics.
  if (kind.find("dropout") != std::string_view::npos) {
    return flag(node, "train") && constant_argument<double>(node, "p").value_or(1) > 0;
  }
  const bool recurrent = kind == "lstm" || kind == "gru" || begins_with(kind, "rnn_");
  return recurrent && flag(node, "train") && constant_argument<double>(node, "dropout").value_or(1) > 0;
}

bool draws(const Node& node) {
  const bool only_learning = constant_argument<bool>(node, "train") || constant_argument<bool>(node, "training") ||
                             place_of(node, "dropout_p");
  return !only_learning && node.isNondeterministic();
}

Result<void> check(const Node& node, std::size_t place) {
  if (learns(node)) {
    return error(ErrorKind::invalid,
                 "{} was traced while the network was in training mode; call eval() on it before torch.jit.trace",
                 layer_name(node, place));
  }
  if (draws(node)) {
    return error(ErrorKind::invalid,
                 "{} draws random numbers, so that no two runs are equal; let forward() take them as an input",
                 layer_name(node, place));
  }
  return {};
}

Result<void> check(const Block& block) {
  std::size_t place = 0;
  for (const Node* node : block.nodes()) {
    if (auto settled = check(*node, place++); !settled) return settled;
    for (const Block* inner : node->blocks()) {
      if (auto settled = check(*inner); !settled) return settled;
    }
  }
  return {};
}

}  // namespace

Result<void> check_determinism(const torch::jit::Graph& graph) {
  return check(*graph.block());
}

}  // namespace tideline::script
