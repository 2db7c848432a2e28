#include "runtime/model/script.h"

#include "runtime/model/archive.h"
#include "runtime/model/bf16.h"
#include "runtime/model/chance.h"
#include "runtime/model/complaint.h"
#include "runtime/model/convolutions.h"
#include "runtime/model/lower.h"
#include "runtime/model/narrow.h"
#include "runtime/model/signature.h"
#include "runtime/model/sizes.h"
#include "runtime/model/torch_settings.h"

#include <ATen/Functions.h>
#include <torch/csrc/jit/ir/alias_analysis.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/frozen_graph_optimizations.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/passes/peephole.h>
#include <torch/csrc/jit/passes/remove_dropout.h>
#include <torch/csrc/jit/passes/remove_mutation.h>
#include <torch/csrc/jit/serialization/import.h>

#include <utility>
#include <vector>

namespace tideline {
namespace {

using torch::jit::AliasDb;
using torch::jit::Graph;
using torch::jit::Module;
using torch::jit::Node;
using torch::jit::Value;

Result<Module> read_module(const std::string& file, std::string& inputs_json) {
  torch::jit::ExtraFilesMap extra{{"inputs.json", ""}};
  try {
    auto module = torch::jit::load(file, at::Device(at::kCPU), extra);
    inputs_json = std::move(extra["inputs.json"]);
    return module;
  } catch (const std::exception& thrown) {
    return unreadable(complaint(thrown));
  }
}

// The copies of the inputs that something writes to, so that a run never changes what its caller gave.
std::vector<Node*> copy_written_inputs(Graph& graph, const AliasDb& aliases) {
  std::vector<Node*> copies;
  for (Value* input : graph.inputs()) {
    if (!aliases.hasWriters(input)) continue;
    const torch::jit::WithInsertPoint at_start(*graph.block()->nodes().begin());
    Value* copy = graph.insert(at::Symbol::fromQualString("aten::clone"), {input});
    input->replaceAllUsesAfterNodeWith(copy->node(), copy);
    copies.push_back(copy->node());
  }
  return copies;
}

// Rewrites operators that write in place: over a cut, and beside a reader of the same tensor, only pure ones are safe.
void make_pure(const std::shared_ptr<Graph>& graph) {
  const auto copies = copy_written_inputs(*graph, AliasDb(graph));
  torch::jit::RemoveListMutation(graph);
  torch::jit::RemoveTensorMutation(graph);
  if (copies.empty()) return;
  const AliasDb aliases(graph);
  for (Node* copy : copies) {
    if (!aliases.hasWriters(copy->output())) copy->output()->replaceAllUsesWith(copy->input(0));
  }
  torch::jit::EliminateDeadCode(graph);
}

// The shapes that a trace has seen say nothing here: the network may be given others.
void simplify(std::shared_ptr<Graph>& graph) {
  constexpr bool kShapesAreUnknown = true;
  torch::jit::ConstantPropagation(graph);
  torch::jit::PeepholeOptimize(graph, kShapesAreUnknown);
  torch::jit::ConstantPropagation(graph);
  torch::jit::EliminateDeadCode(graph);
}

void flatten(std::shared_ptr<Graph>& graph) {
  torch::jit::Inline(*graph);
  simplify(graph);
}

// By its name a value of the fast form is found again in the portable one.
void name_values(Graph& graph) {
  std::size_t place = 0;
  for (Node* node : graph.nodes()) {
    for (Value* value : node->outputs()) {
      if (!value->hasDebugName()) value->setDebugName("v" + std::to_string(place));
      ++place;
    }
  }
}

// Returns true iff it could be made of kernels.
bool make_kernels(std::shared_ptr<Graph>& graph) {
  if (lower(graph)) return true;
  torch::jit::OptimizeFrozenGraph(graph, true);
  torch::jit::EliminateDeadCode(graph);
  return false;
}

// What both forms have in common.
void prepare(const std::vector<RawSpec>& inputs, Script& script) {
  for (std::size_t i = 0; i < inputs.size(); ++i) fix_sizes_of(*script.graph->inputs()[i], inputs[i].shape);
  simplify(script.graph);
  make_pure(script.graph);
  name_traced_convolutions(*script.graph);
  torch::jit::removeDropout(script.graph);
  name_values(*script.graph);
}

Result<void> make_fast(Precision precision, Script& script) {
  const bool kernels = make_kernels(script.graph);
  if (precision == Precision::fp32) return {};
  if (!kernels) {
    return error(ErrorKind::invalid,
                 "the network writes in place or looks at strides, so that it runs by libtorch's operators, in fp32 "
                 "alone; set compute.precision = \"fp32\"");
  }
  script.narrowed = narrow(*script.graph);
  return {};
}

Result<void> check_precision(Precision precision) {
  if (precision == Precision::fp32 || bf16_is_here()) return {};
  return error(ErrorKind::invalid,
               "this processor ({}) has no instructions for bf16 (AVX-512 BF16 or AMX); set compute.precision = "
               "\"fp32\"",
               torch_simd());
}

// A number that is none makes every result none, and kernels of different makers treat it differently.
Result<void> check_weights(const Module& module) {
  for (const auto& named : module.named_parameters()) {
    const at::Tensor& weights = named.value;
    if (weights.layout() != at::kStrided || !weights.is_floating_point() || at::isfinite(weights.sum()).item<bool>() ||
        at::isfinite(weights).all().item<bool>())
      continue;
    return error(ErrorKind::invalid, "its weights '{}' hold NaN or infinity; train or export the network again",
                 named.name);
  }
  return {};
}

}  // namespace

Result<Script> read_script(const std::string& file) {
  if (auto archive = check_archive(file); !archive) return archive.error();
  std::string inputs_json;
  auto module = read_module(file, inputs_json);
  if (!module) return module.error();
  try {
    if (!module->find_method("forward")) {
      return error(ErrorKind::invalid, "the network has no forward(); save a module, not only its weights");
    }
    module->eval();
    if (auto finite = check_weights(*module); !finite) return finite.error();
    *module = torch::jit::freeze_module(*module);  // Drops the unfrozen one, and with it its claim on the weights.
    const auto forward = module->get_method("forward");
    Script script{forward.graph(), *module, std::move(inputs_json), {}};
    bind_defaults(*script.graph, forward.function().getSchema());
    flatten(script.graph);
    if (auto settled = check_settled(*script.graph); !settled) return settled.error();
    if (auto simple = check_inputs(*script.graph); !simple) return simple.error();
    if (auto flat = flatten_outputs(*script.graph); !flat) return flat.error();
    return script;
  } catch (const std::exception& thrown) {
    return error(ErrorKind::invalid, "libtorch cannot freeze this network: {}", complaint(thrown));
  }
}

Result<void> bring_into(Form form, const std::vector<RawSpec>& inputs, Precision precision, Script& script) {
  if (auto known = check_precision(precision); !known) return known.error();
  try {
    prepare(inputs, script);
    return form == Form::portable ? Result<void>() : make_fast(precision, script);
  } catch (const std::exception& thrown) {
    return error(ErrorKind::invalid, "libtorch cannot optimise this network: {}", complaint(thrown));
  }
}

}  // namespace tideline
