#include "runtime/model/graph/signature.h"

#include "runtime/base/outside.h"
#include "runtime/model/graph/state.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <sstream>

namespace tideline::graph {
namespace {

using torch::jit::Graph;
using torch::jit::Value;

bool is_tensor(const Value* value) {
  return value->type()->isSubtypeOf(*c10::TensorType::get());
}

// "x.1" -> "x": TorchScript adds the part after the dot.
std::string given_name(const Value* value) {
  auto name = value->debugName();
  name = name.substr(0, name.find('.'));
  const bool said = !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0;
  return said ? name : std::string();
}

// Returns the value of an omitted argument: its default, or None if it is optional without a default.
std::optional<at::IValue> left_at(const c10::Argument& argument) {
  if (argument.default_value()) return *argument.default_value();
  if (argument.type()->kind() == c10::TypeKind::OptionalType) return at::IValue();
  return std::nullopt;
}

std::string text_of(const at::IValue& value) {
  std::ostringstream text;
  text << value;
  constexpr std::size_t kLongestName = 80;
  return outside_text(text.str(), kLongestName);
}

}  // namespace

std::vector<std::string> bind_defaults(Graph& graph, const c10::FunctionSchema& schema) {
  std::vector<std::string> bound;
  const torch::jit::WithInsertPoint at_start(*graph.block()->nodes().begin());
  for (std::size_t i = graph.inputs().size(); i-- > 1;) {
    Value* input = graph.inputs()[i];
    const auto value = left_at(schema.arguments().at(i));
    if (is_tensor(input) || !value) continue;
    bound.insert(bound.begin(), schema.arguments()[i].name() + " = " + text_of(*value));
    input->replaceAllUsesWith(graph.insertConstant(*value));
    graph.eraseInput(i);
  }
  return bound;
}

Result<void> check_inputs(Graph& graph) {
  if (!graph.inputs().empty() && graph.inputs()[0]->type()->cast<c10::ClassType>()) {
    if (graph.inputs()[0]->hasUses()) return keeps_state(graph);
    graph.eraseInput(0);
  }
  if (graph.inputs().empty())
    return error(ErrorKind::invalid, "forward() takes no tensor, so the network cannot be cut");
  for (const Value* input : graph.inputs()) {
    if (is_tensor(input)) continue;
    return error(ErrorKind::invalid, "forward() takes '{}' of type {}; every input must be a tensor", given_name(input),
                 input->type()->repr_str());
  }
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

}  // namespace tideline::graph
