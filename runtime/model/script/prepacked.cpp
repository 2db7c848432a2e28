#include "runtime/model/script/prepacked.h"

#include "runtime/model/script/layer_name.h"

#include <ATen/core/function.h>
#include <torch/csrc/jit/ir/constants.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace tideline::script {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

constexpr std::string_view kClasses = "__torch__.torch.classes.";

bool starts_with(std::string_view text, std::string_view part) {
  return text.substr(0, part.size()) == part;
}

// Returns the object's class without the common prefix, such as "xnnpack.LinearOpContext"; empty if the class is not
// libtorch's.
std::string class_of(const Value& value) {
  const auto type = value.type()->cast<c10::ClassType>();
  if (!type || !type->name()) return {};
  const auto name = type->name()->qualifiedName();
  return starts_with(name, kClasses) ? name.substr(kClasses.size()) : std::string();
}

// Objects that operators only read: weights packed by FBGEMM, and those of recurrent cells.
bool only_read(std::string_view name) {
  return starts_with(name, "quantized.") || starts_with(name, "rnn.");
}

// Returns the saved state of the object: weights, bias, the operator's other arguments, and its bounds last.
std::vector<at::IValue> contents(const at::IValue& object) {
  auto* const save = object.type()->expect<c10::ClassType>()->findMethod("__getstate__");
  return save == nullptr ? std::vector<at::IValue>() : (*save)({object}).toTupleRef().elements().vec();
}

struct Plain {
  const char* packed;    // The operator that uses the object.
  const char* name;      // The same operator with plain weights.
  std::size_t contents;  // Number of values in its saved state.
};

constexpr std::array<Plain, 3> kPlain{{{"prepacked::linear_clamp_run", "aten::linear", 4},
                                       {"prepacked::conv2d_clamp_run", "aten::conv2d", 8},
                                       {"prepacked::conv2d_transpose_clamp_run", "aten::conv_transpose2d", 9}}};

const Plain* plain_of(const Node& node) {
  const std::string_view kind = node.kind().toQualString();
  const auto* const found =
      std::find_if(kPlain.begin(), kPlain.end(), [kind](const Plain& plain) { return kind == plain.packed; });
  return found == kPlain.end() ? nullptr : found;
}

// Returns the plain operator's arguments after the input. aten::conv_transpose2d takes its groups before its dilation,
// but the saved state has them in the other order.
std::vector<at::IValue> arguments(const Plain& plain, const std::vector<at::IValue>& saved) {
  std::vector<at::IValue> arguments(saved.begin(), saved.end() - 2);
  for (at::IValue& argument : arguments) {
    if (argument.isTensor()) argument = argument.toTensor().detach();
  }
  if (plain.name == std::string_view("aten::conv_transpose2d")) std::swap(arguments[5], arguments[6]);
  return arguments;
}

Value* clamped(Graph& graph, Value* value, const at::IValue& least, const at::IValue& most) {
  if (most.isNone() && least.isNone()) return value;
  const bool relu = most.isNone() && least.isScalar() && least.toScalar().toDouble() == 0;
  if (relu) return graph.insert(at::aten::relu, {value});
  return graph.insert(at::aten::clamp, {value, graph.insertConstant(least), graph.insertConstant(most)});
}

// Returns false if the object is not a constant, or its saved state is not as expected.
bool unpack(Graph& graph, Node& node, const Plain& plain) {
  const auto object = torch::jit::toIValue(node.input(1));
  if (!object || !object->isObject()) return false;
  const auto saved = contents(*object);
  if (saved.size() != plain.contents) return false;
  const torch::jit::WithInsertPoint here(&node);
  std::vector<torch::jit::NamedValue> inputs{node.input(0)};
  for (const at::IValue& argument : arguments(plain, saved)) inputs.emplace_back(graph.insertConstant(argument));
  Value* const result = graph.insert(at::Symbol::fromQualString(plain.name), inputs);
  result->node()->copyMetadata(&node);
  Value* const bounded = clamped(graph, result, saved.end()[-2], saved.end()[-1]);
  if (bounded != result) bounded->node()->copyMetadata(&node);
  node.output()->replaceAllUsesWith(bounded);
  return true;
}

Result<void> unpack(Graph& graph, Block& block) {
  std::size_t place = 0;
  const std::vector<Node*> nodes(block.nodes().begin(), block.nodes().end());
  for (Node* node : nodes) {
    for (Block* inner : node->blocks()) {
      if (auto unpacked = unpack(graph, *inner); !unpacked) return unpacked;
    }
    if (const Plain* const plain = plain_of(*node); plain != nullptr && unpack(graph, *node, *plain)) {
      node->destroy();
      continue;
    }
    for (const Value* input : node->inputs()) {
      const auto name = class_of(*input);
      if (name.empty() || only_read(name)) continue;
      return error(ErrorKind::invalid,
                   "{} computes with an object of {}, which may keep state during a run, so two requests could disturb "
                   "each other; save the network before it is optimised for mobiles or for one processor",
                   layer_name(*node, place), name);
    }
    ++place;
  }
  return {};
}

}  // namespace

Result<void> unpack_prepacked(const std::shared_ptr<Graph>& graph) {
  return unpack(*graph, *graph->block());
}

}  // namespace tideline::script
