#include "runtime/model/script/graph_form.h"

#include "runtime/model/graph/complaint.h"
#include "runtime/model/graph/dictionaries.h"
#include "runtime/model/graph/sizes.h"
#include "runtime/model/graph/torch_device.h"
#include "runtime/model/graph/torch_settings.h"
#include "runtime/model/kernels/bf16.h"
#include "runtime/model/kernels/convolutions.h"
#include "runtime/model/kernels/fp16.h"
#include "runtime/model/kernels/kernel.h"
#include "runtime/model/kernels/lower.h"
#include "runtime/model/kernels/narrow.h"
#include "runtime/model/script/outputs.h"

#include <torch/csrc/jit/ir/alias_analysis.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/frozen_graph_optimizations.h>
#include <torch/csrc/jit/passes/peephole.h>
#include <torch/csrc/jit/passes/remove_dropout.h>
#include <torch/csrc/jit/passes/remove_mutation.h>

namespace tideline::script {
namespace {

using torch::jit::AliasDb;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// Copies the inputs that an operator writes to, so that a run never changes the caller's memory.
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

// Replaces operators that write in place. Across a cut, or with another reader of the same tensor, only pure ones are
// safe.
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

// Names the values, so that the portable form has the names of the fast form.
void name_values(Graph& graph) {
  std::size_t place = 0;
  for (Node* node : graph.nodes()) {
    for (Value* value : node->outputs()) {
      if (!value->hasDebugName()) value->setDebugName("v" + std::to_string(place));
      ++place;
    }
  }
}

// Returns what computes the graph now.
Result<KernelChoice> make_kernels(const graph::ComputeOptions& options, Script& script) {
  const auto wanted =
      script.device.is_cpu() ? kernels::settle(options.kernels, options.precision) : KernelChoice::libtorch;
  if (!wanted) return wanted;
  if (!kernels::can_be_lowered(*script.graph)) {
    torch::jit::OptimizeFrozenGraph(script.graph, true);
    torch::jit::EliminateDeadCode(script.graph);
    return KernelChoice::libtorch;
  }
  if (*wanted == KernelChoice::libtorch)
    script.lowered_cuts = follow_lowered(script.graph);
  else
    kernels::lower(script.graph,
                   *wanted == KernelChoice::xnnpack ? kernels::Library::xnnpack : kernels::Library::onednn);
  return wanted;
}

// The steps that both forms share.
Result<void> prepare(const std::vector<TensorSpec>& inputs, Script& script) {
  for (std::size_t i = 0; i < inputs.size(); ++i) graph::fix_sizes_of(*script.graph->inputs()[i], inputs[i].shape);
  simplify(script.graph);
  while (graph::settle_dictionaries(*script.graph)) simplify(script.graph);
  make_pure(script.graph);
  auto names = flatten_outputs(script.graph, inputs);
  if (!names) return names.error();
  script.outputs = *std::move(names);
  simplify(script.graph);
  kernels::name_traced_convolutions(*script.graph);
  torch::jit::removeDropout(script.graph);
  name_values(*script.graph);
  return {};
}

void spare_memory(const torch::jit::Block& block) {
  for (const auto* node : block.nodes()) {
    if (kernels::Kernel* const kernel = kernels::kernel_of(*node)) kernel->spare_memory();
    for (const auto* inner : node->blocks()) spare_memory(*inner);
  }
}

// Makes the kernels of the script compute in that precision.
Result<void> narrow(Precision precision, Script& script) {
  if (const auto why = precision == Precision::fp16 ? kernels::why_not_in_fp16(*script.graph) : std::string();
      !why.empty())
    return error(ErrorKind::invalid, "the network cannot compute in fp16: {}; set compute.precision = \"fp32\"", why);
  script.narrow_type = precision == Precision::fp16 ? at::kHalf : at::kBFloat16;
  script.narrowed = kernels::narrow(*script.graph, script.narrow_type);
  return {};
}

Result<void> make_fast(const graph::ComputeOptions& options, Script& script) {
  const auto kernels = make_kernels(options, script);
  if (!kernels) return kernels.error();
  script.kernels = *kernels;
  if (!script.device.is_cpu()) graph::move_to(script.device, *script.graph);
  if (options.spares_memory) spare_memory(*script.graph->block());
  if (options.precision == Precision::fp32) return {};
  if (script.kernels == KernelChoice::libtorch) {
    return error(ErrorKind::invalid,
                 "the network writes in place or looks at strides, so it runs by libtorch's operators, in fp32 only; "
                 "set compute.precision = \"fp32\"");
  }
  return narrow(options.precision, script);
}

// Returns invalid where a choice of kernels does not have the precision, or the processor does not.
Result<void> check_kernels(const graph::ComputeOptions& options) {
  const bool half = options.precision == Precision::fp16;
  const auto having = half ? KernelChoice::xnnpack : KernelChoice::onednn;
  if (options.kernels != KernelChoice::automatic && options.kernels != having) {
    return error(ErrorKind::invalid,
                 "{} is computed by {}'s kernels only, not by compute.kernels = \"{}\"; set that to \"auto\", or "
                 "compute.precision = \"fp32\"",
                 name(options.precision), half ? "XNNPACK" : "oneDNN", name(options.kernels));
  }
  if (half ? kernels::fp16_is_here() : kernels::bf16_is_here()) return {};
  return error(
      ErrorKind::invalid, "this processor ({}) has no instructions for {} ({}); set compute.precision = \"fp32\"",
      graph::torch_simd(), name(options.precision),
      half ? "arithmetic in fp16 of arm64, or F16C, FMA and AVX2, and an XNNPACK that computes rightly by them; "
             "Debian 13's does not by AVX512-FP16"
           : "AVX-512 BF16 or AMX");
}

Result<void> check_precision(const graph::ComputeOptions& options) {
  if (options.precision == Precision::fp32) return {};
  if (options.device != "cpu") {
    return error(ErrorKind::invalid,
                 "{} needs this machine's processor; on \"{}\" networks run by libtorch's operators, in fp32 only; "
                 "set compute.precision = \"fp32\", or compute.device = \"cpu\"",
                 name(options.precision), options.device);
  }
  return check_kernels(options);
}

}  // namespace

// Ignores the shapes that a trace recorded: the network may get others.
void simplify(const std::shared_ptr<Graph>& graph) {
  constexpr bool kShapesAreUnknown = true;
  auto same = graph;  // ConstantPropagation() takes a reference, but does not change it.
  torch::jit::ConstantPropagation(same);
  torch::jit::PeepholeOptimize(graph, kShapesAreUnknown);
  torch::jit::ConstantPropagation(same);
  torch::jit::EliminateDeadCode(graph);
}

Result<void> bring_into(GraphForm form, const std::vector<TensorSpec>& inputs, const graph::ComputeOptions& options,
                        Script& script) {
  if (auto known = check_precision(options); !known) return known.error();
  try {
    if (auto prepared = prepare(inputs, script); !prepared) return prepared;
    return form == GraphForm::portable ? Result<void>() : make_fast(options, script);
  } catch (const std::exception& thrown) {
    return error(ErrorKind::invalid, "libtorch cannot optimise this network: {}", graph::complaint(thrown));
  }
}

}  // namespace tideline::script
