#include "runtime/model/signature.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace tideline {
namespace {

using torch::jit::Graph;
using torch::jit::Value;

bool is_tensor(const Value* value) {
  return value->type()->isSubtypeOf(*c10::TensorType::get());
}

bool is_built_list(const Value* value) {
  return value->node()->kind() == at::prim::ListConstruct;
}

// Appends the tensors that `value` is made of. Takes tuples apart that come out of a branch or a constant.
Result<void> append_tensors(Graph& graph, Value* value, std::vector<Value*>& tensors) {
  if (is_tensor(value)) {
    tensors.push_back(value);
    return {};
  }
  if (value->type()->kind() == c10::TypeKind::NoneType) return {};
  std::vector<Value*> parts;
  if (value->node()->kind() == at::prim::TupleConstruct || is_built_list(value)) {
    parts = value->node()->inputs().vec();
  } else if (value->type()->cast<c10::TupleType>()) {
    parts = graph.appendNode(graph.createTupleUnpack(value))->outputs().vec();
  } else {
    return error(ErrorKind::invalid,
                 "output {} is of type {}, which is no tensor; let forward() return tensors, or a tuple of them",
                 tensors.size(), value->type()->repr_str());
  }
  for (Value* part : parts) {
    if (auto appended = append_tensors(graph, part, tensors); !appended) return appended;
  }
  return {};
}

// "x.1" -> "x": what follows the dot was added by TorchScript.
std::string given_name(const Value* value) {
  auto name = value->debugName();
  name = name.substr(0, name.find('.'));
  const bool said = !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0;
  return said ? name : std::string();
}

}  // namespace

void bind_defaults(Graph& graph, const c10::FunctionSchema& schema) {
  const torch::jit::WithInsertPoint at_start(*graph.block()->nodes().begin());
  for (std::size_t i = graph.inputs().size(); i-- > 1;) {
    Value* input = graph.inputs()[i];
    const auto& value = schema.arguments().at(i).default_value();
    if (is_tensor(input) || !value) continue;
    input->replaceAllUsesWith(graph.insertConstant(*value));
    graph.eraseInput(i);
  }
}

Result<void> check_inputs(Graph& graph) {
  if (!graph.inputs().empty() && graph.inputs()[0]->type()->cast<c10::ClassType>()) {
    if (graph.inputs()[0]->hasUses()) {
      return error(ErrorKind::invalid,
                   "the network changes its own state while it runs, or libtorch cannot tell that it does not, so it "
                   "cannot be frozen and cut");
    }
    graph.eraseInput(0);
  }
  if (graph.inputs().empty()) return error(ErrorKind::invalid, "forward() takes no tensor, so there is nothing to cut");
  for (const Value* input : graph.inputs()) {
    if (is_tensor(input)) continue;
    return error(ErrorKind::invalid, "forward() takes '{}' of type {}; every input must be a tensor", given_name(input),
                 input->type()->repr_str());
  }
  return {};
}

Result<void> flatten_outputs(Graph& graph) {
  const auto given = graph.outputs().vec();
  std::vector<Value*> tensors;
  for (Value* output : given) {
    if (auto appended = append_tensors(graph, output, tensors); !appended) return appended;
  }
  if (tensors.empty()) return error(ErrorKind::invalid, "forward() returns no tensor");
  while (!graph.outputs().empty()) graph.eraseOutput(0);
  for (Value* tensor : tensors) graph.registerOutput(tensor);
  return {};
}

std::vector<std::string> input_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Value* input : graph.inputs()) names.push_back(given_name(input));
  const std::set<std::string> different(names.begin(), names.end());
  if (different.size() == names.size() && different.count("") == 0) return names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = "input" + std::to_string(i);
  return names;
}

}  // namespace tideline
