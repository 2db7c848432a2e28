#include "runtime/model/script/outputs.h"

#include "runtime/base/outside.h"
#include "runtime/model/graph/complaint.h"
#include "runtime/model/script/torch_tensor.h"

#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/ir/alias_analysis.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <optional>
#include <set>
#include <utility>

namespace tideline::script {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

constexpr std::size_t kMostOutputs = 1024;
constexpr std::size_t kLongestName = 128;

// An output value, or a part of one.
struct Given {
  Value* value = nullptr;
  std::string name;             // Empty if no key or field leads to it.
  std::vector<std::size_t> at;  // The path to it from the graph's outputs.
};

bool is_plain(const c10::Type& type) {
  const auto kind = type.kind();
  return kind == c10::TypeKind::IntType || kind == c10::TypeKind::FloatType || kind == c10::TypeKind::BoolType ||
         kind == c10::TypeKind::StringType || kind == c10::TypeKind::NumberType;
}

bool is_tensor(const Value& value) {
  return value.type()->isSubtypeOf(*c10::TensorType::get());
}

// Returns the graph's results for zeros, before they are flattened.
torch::jit::Stack given_for_zeros(const std::shared_ptr<Graph>& graph, const std::vector<TensorSpec>& inputs) {
  const c10::InferenceMode inference;
  torch::jit::Stack stack;
  for (const TensorSpec& spec : at_batch(inputs, 1)) stack.emplace_back(zeros(spec));
  torch::jit::InterpreterState(torch::jit::Code(graph->copy(), "outputs")).run(stack);
  return stack;
}

class Flattening {
 public:
  Flattening(const std::shared_ptr<Graph>& graph, const std::vector<TensorSpec>& inputs)
      : graph_(graph), inputs_(inputs), aliases_(graph) {}

  Result<std::vector<std::string>> run() {
    const auto given = graph_->outputs().vec();
    for (std::size_t i = 0; i < given.size(); ++i)
      if (auto taken = take({given[i], {}, {i}}); !taken) return taken.error();
    if (tensors_.empty()) return error(ErrorKind::invalid, "forward() returns no tensor");
    while (!graph_->outputs().empty()) graph_->eraseOutput(0);
    for (Value* tensor : tensors_) graph_->registerOutput(tensor);
    return names();
  }

 private:
  Result<void> take(const Given& given) {
    if (is_tensor(*given.value)) return take_tensor(given);
    if (given.value->type()->kind() == c10::TypeKind::NoneType) return {};
    if (given.value->type()->cast<c10::TupleType>()) return take_tuple(given);
    if (given.value->type()->cast<c10::ListType>()) return take_list(given);
    if (given.value->type()->cast<c10::DictType>()) return take_dictionary(given);
    return no_tensor(given);
  }

  Result<void> no_tensor(const Given& given) const {
    return error(
        ErrorKind::invalid,
        "output {} is of type {}, not a tensor; let forward() return tensors, or tuples, lists or dictionaries of them",
        tensors_.size(), given.value->type()->repr_str());
  }

  // Returns true iff the value still has the parts it was built of: nothing writes to it afterwards.
  bool is_built(const Given& given, at::Symbol kind) const {
    return given.value->node()->kind() == kind && !aliases_.hasWriters(given.value);
  }

  Result<void> take_tensor(const Given& given) {
    if (tensors_.size() == kMostOutputs)
      return error(ErrorKind::invalid, "forward() returns more than {} tensors; let it return fewer", kMostOutputs);
    tensors_.push_back(given.value);
    names_.push_back(given.name);
    return {};
  }

  // Tuples from a branch or a constant are unpacked at the end.
  Result<void> take_tuple(const Given& given) {
    const auto type = given.value->type()->expect<c10::TupleType>();
    const bool built = given.value->node()->kind() == at::prim::TupleConstruct;
    const auto parts = built ? given.value->node()->inputs().vec()
                             : graph_->appendNode(graph_->createTupleUnpack(given.value))->outputs().vec();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto field = type->schema() ? type->schema()->arguments().at(i).name() : std::string();
      if (auto taken = take(part(given, parts[i], i, field)); !taken) return taken;
    }
    return {};
  }

  Result<void> take_list(const Given& given) {
    std::vector<Value*> parts;
    if (is_built(given, at::prim::ListConstruct)) {
      parts = given.value->node()->inputs().vec();
    } else {
      const auto length = length_of(given);
      if (!length) return length.error();
      parts = unpacked(given.value, *length);
    }
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (auto taken = take(part(given, parts[i], i, {})); !taken) return taken;
    return {};
  }

  // Unpacks early if nothing else may change the list, so that the list is not alive until the end.
  std::vector<Value*> unpacked(Value* list, std::size_t length) {
    Node* unpack = graph_->createListUnpack(list, length);
    const bool alone = list->uses().size() == 1 && list->node()->owningBlock() == graph_->block() &&
                       list->node()->kind() != at::prim::Param;
    if (alone) {
      unpack->insertAfter(list->node());
    } else {
      graph_->appendNode(unpack);
    }
    return unpack->outputs().vec();
  }

  Result<void> take_dictionary(const Given& given) {
    Node& node = *given.value->node();
    const auto type = given.value->type()->expect<c10::DictType>();
    if (is_plain(*type->getValueType())) return no_tensor(given);
    const bool built =
        is_built(given, at::prim::DictConstruct) && type->getKeyType()->kind() == c10::TypeKind::StringType;
    for (std::size_t i = 0; built && i + 1 < node.inputs().size(); i += 2) {
      const auto key = torch::jit::constant_as<std::string>(node.input(i));
      if (!key) return keys_unknown();
      if (auto taken = take(part(given, node.input(i + 1), i / 2, *key)); !taken) return taken;
    }
    return built ? Result<void>() : keys_unknown();
  }

  Result<void> keys_unknown() const {
    return error(ErrorKind::invalid,
                 "output {} is a dictionary whose keys depend on how forward() runs; set them outside of branches and "
                 "loops, by constant names",
                 tensors_.size());
  }

  static Given part(const Given& whole, Value* value, std::size_t i, const std::string& name) {
    Given part{value, whole.name, whole.at};
    part.at.push_back(i);
    if (!name.empty()) part.name += (part.name.empty() ? "" : ".") + name;
    if (name.empty() && !part.name.empty()) part.name += "." + std::to_string(i);
    return part;
  }

  Result<std::size_t> length_of(const Given& given) {
    try {
      if (!seen_) seen_ = given_for_zeros(graph_, inputs_);
    } catch (const std::exception& thrown) {
      return error(ErrorKind::invalid,
                   "the network does not accept zeros ({}); give the right type and shape with --input",
                   graph::complaint(thrown));
    }
    // Follows the path to the list; dictionaries on the way count by position.
    at::IValue value = seen_->at(given.at.front());
    for (std::size_t i = 1; i < given.at.size(); ++i) {
      if (value.isTuple())
        value = at::IValue(value.toTupleRef().elements().at(given.at[i]));
      else if (value.isList())
        value = value.toList().get(given.at[i]);
      else if (value.isGenericDict())
        value = std::next(value.toGenericDict().begin(), static_cast<std::ptrdiff_t>(given.at[i]))->value();
    }
    return value.isList() ? value.toListRef().size() : std::size_t{0};
  }

  std::vector<std::string> names() const {
    auto names = names_;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i].empty() || outside_text(names[i], kLongestName) != names[i]) names[i] = "output" + std::to_string(i);
    if (std::set<std::string>(names.begin(), names.end()).size() == names.size()) return names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = "output" + std::to_string(i);
    return names;
  }

  const std::shared_ptr<Graph> graph_;
  const std::vector<TensorSpec>& inputs_;
  const torch::jit::AliasDb aliases_;  // Of the original graph: all queries are about its values.
  std::optional<torch::jit::Stack> seen_;
  std::vector<Value*> tensors_;
  std::vector<std::string> names_;
};

}  // namespace

Result<std::vector<std::string>> flatten_outputs(const std::shared_ptr<Graph>& graph,
                                                 const std::vector<TensorSpec>& inputs) {
  return Flattening(graph, inputs).run();
}

}  // namespace tideline::script
