#include "runtime/model/script.h"

#include "runtime/model/archive.h"
#include "runtime/model/attributes.h"
#include "runtime/model/chance.h"
#include "runtime/model/complaint.h"
#include "runtime/model/form.h"
#include "runtime/model/signature.h"

#include <ATen/Functions.h>
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/serialization/import.h>

#include <utility>

namespace tideline {
namespace {

using torch::jit::Graph;
using torch::jit::Module;

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

void flatten(const Module& module, std::shared_ptr<Graph>& graph) {
  torch::jit::Inline(*graph);
  bind_attributes(module, *graph);
  simplify(graph);
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
    Script script{forward.graph(), *module, std::move(inputs_json), {}, {}};
    bind_defaults(*script.graph, forward.function().getSchema());
    flatten(*module, script.graph);
    if (auto settled = check_settled(*script.graph); !settled) return settled.error();
    if (auto simple = check_inputs(*script.graph); !simple) return simple.error();
    if (auto flat = flatten_outputs(*script.graph); !flat) return flat.error();
    return script;
  } catch (const std::exception& thrown) {
    return error(ErrorKind::invalid, "libtorch cannot freeze this network: {}", complaint(thrown));
  }
}

}  // namespace tideline
