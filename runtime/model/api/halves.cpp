#include "runtime/model/api/halves.h"

#include "runtime/model/graph/complaint.h"
#include "runtime/model/script/graph_form.h"
#include "runtime/model/script/script.h"
#include "runtime/model/script/torch_tensor.h"

#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <utility>

namespace tideline::model {
namespace {

using torch::jit::Graph;
using torch::jit::Value;

// Returns the top-level value of that name; null when there is none.
Value* find(Graph& graph, const std::string& name) {
  const auto named = [&](const Value* value) { return value->debugName() == name; };
  const auto among = [&](at::ArrayRef<Value*> values) {
    const auto found = std::find_if(values.begin(), values.end(), named);
    return found == values.end() ? nullptr : *found;
  };
  if (Value* input = among(graph.inputs())) return input;
  for (torch::jit::Node* node : graph.nodes()) {
    if (Value* output = among(node->outputs())) return output;
  }
  return nullptr;
}

// Returns the values of those names; empty when one is missing.
std::vector<Value*> find_all(Graph& graph, const std::vector<TensorSpec>& specs) {
  std::vector<Value*> values;
  values.reserve(specs.size());
  for (const TensorSpec& spec : specs) values.push_back(find(graph, spec.name));
  return std::count(values.begin(), values.end(), nullptr) == 0 ? values : std::vector<Value*>();
}

// Returns the graph up to those values.
std::shared_ptr<Graph> head_of(Graph& whole, const std::vector<TensorSpec>& crossing) {
  auto graph = whole.copy();
  const auto live = find_all(*graph, crossing);
  while (!graph->outputs().empty()) graph->eraseOutput(0);
  for (Value* value : live) graph->registerOutput(value);
  torch::jit::EliminateDeadCode(graph);
  return live.empty() ? nullptr : graph;
}

// Returns the graph from those values on; null when it needs other values.
std::shared_ptr<Graph> tail_of(Graph& whole, const std::vector<TensorSpec>& crossing) {
  auto graph = whole.copy();
  const auto live = find_all(*graph, crossing);
  const auto before = graph->inputs().size();
  for (Value* value : live) value->replaceAllUsesWith(graph->addInput()->setType(value->type()));
  torch::jit::EliminateDeadCode(graph);
  for (std::size_t i = 0; i < before; ++i) {
    if (graph->inputs()[0]->hasUses()) return nullptr;
    graph->eraseInput(0);
  }
  return live.empty() ? nullptr : graph;
}

// Returns true iff a crossing tensor is quantised: the tail in a file could not take it as plain numbers.
bool gives_quantised(const std::shared_ptr<Graph>& head, const std::vector<TensorSpec>& inputs) {
  const c10::InferenceMode inference;
  torch::jit::Stack stack;
  for (const TensorSpec& spec : at_batch(inputs, 1)) stack.emplace_back(script::zeros(spec));
  torch::jit::InterpreterState(torch::jit::Code(head->copy(), "head")).run(stack);
  return std::any_of(stack.begin(), stack.end(), [](const at::IValue& v) { return v.toTensor().is_quantized(); });
}

// Returns the text of `inputs.json` for a file that is loaded elsewhere.
std::string inputs_json(const std::vector<TensorSpec>& inputs) {
  std::vector<std::string> specs;
  specs.reserve(inputs.size());
  for (const TensorSpec& spec : inputs) specs.push_back(fmt::format("\"{}\"", to_string(spec)));
  return fmt::format("[{}]", fmt::join(specs, ", "));
}

// Makes the graph the forward() of a module: adds the module itself as an input, and returns one value.
torch::jit::Module module_of(const std::string& type, const std::shared_ptr<Graph>& graph) {
  torch::jit::Module module(type);
  graph->insertInput(0, "self")->setType(module.type());
  if (graph->outputs().size() > 1) {
    const auto parts = graph->outputs().vec();
    while (!graph->outputs().empty()) graph->eraseOutput(0);
    graph->registerOutput(graph->appendNode(graph->createTuple(parts))->output());
  }
  const c10::QualifiedName name(*module.type()->name(), "forward");
  module.type()->addMethod(module._ivalue()->compilation_unit()->create_function(name, graph));
  module.register_attribute("training", c10::BoolType::get(), false);  // Python's eval() needs it.
  return module;
}

Result<void> write(const torch::jit::Module& module, const std::vector<TensorSpec>& inputs, const std::string& file) {
  std::ofstream out(file, std::ios::binary);
  if (out) module.save(out, {{"inputs.json", inputs_json(inputs)}});
  out.close();
  if (out) return {};
  return error(ErrorKind::internal,
               "{}: cannot write it completely; check that the folder is writable and the disk is not full", file);
}

Result<void> divide(const HalvesPlan& plan) {
  auto script = script::read_script(plan.network);
  if (!script) return script.error().within(plan.network);
  const auto portable = bring_into(script::GraphForm::portable, plan.inputs, {}, *script);
  if (!portable) return portable.error().within(plan.network);
  const auto head = head_of(*script->graph, plan.crossing);
  const auto tail = tail_of(*script->graph, plan.crossing);
  if (!head || !tail) {
    return error(ErrorKind::invalid, "the network as written has no such cut; choose another that --inspect lists");
  }
  if (gives_quantised(head, plan.inputs)) {
    return error(ErrorKind::invalid,
                 "a tensor that crosses at this cut is quantised, which the tail cannot take as plain numbers; choose "
                 "a cut where no int8 tensor crosses");
  }
  if (auto written = write(module_of("Head", head), plan.inputs, plan.head); !written) return written;
  return write(module_of("Tail", tail), plan.crossing, plan.tail);
}

}  // namespace

Result<void> write_halves(const HalvesPlan& plan) {
  try {
    return divide(plan);
  } catch (const std::exception& thrown) {
    return error(ErrorKind::internal, "libtorch cannot write the two files: {}", graph::complaint(thrown));
  }
}

}  // namespace tideline::model
