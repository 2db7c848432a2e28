#include "runtime/model/script/script.h"

#include "runtime/model/graph/archive.h"
#include "runtime/model/graph/attributes.h"
#include "runtime/model/graph/complaint.h"
#include "runtime/model/graph/extents.h"
#include "runtime/model/graph/operators.h"
#include "runtime/model/graph/signature.h"
#include "runtime/model/graph/torch_device.h"
#include "runtime/model/graph/trial.h"
#include "runtime/model/script/determinism.h"
#include "runtime/model/script/graph_form.h"
#include "runtime/model/script/prepacked.h"

#include <ATen/Functions.h>
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/serialization/import.h>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace tideline::script {
namespace {

using torch::jit::Graph;
using torch::jit::Module;

// Reads in a child process first: a crash of libtorch's parser then does not end this one. Records are in memory once,
// as in the file. Returns nothing if libtorch reported an error.
Result<std::optional<Module>> try_to_read(const std::string& file, torch::jit::ExtraFilesMap& extra,
                                          std::string& complained) {
  constexpr std::uint64_t kAside = 1ULL << 30;
  std::error_code failure;
  const std::uint64_t size = std::filesystem::file_size(file, failure);
  if (failure) return error(ErrorKind::invalid, "this is not a readable file; name a TorchScript file");
  std::optional<Module> module;
  try {
    const auto load = [&] { module = torch::jit::load(file, at::Device(at::kCPU), extra); };
    if (auto tried = graph::do_as_tried(load, 3 * size + kAside); !tried) return tried.error();
  } catch (const std::exception& thrown) {
    complained = graph::complaint(thrown);
  }
  return module;
}

// A missing operator may be in an installed library that only few files need.
Result<Module> read_module(const std::string& file, torch::jit::ExtraFilesMap& extra) {
  std::string complained;
  auto module = try_to_read(file, extra, complained);
  if (module && !*module && graph::needs_torchvision(complained)) {
    if (auto loaded = graph::load_torchvision(); !loaded) return loaded.error();
    module = try_to_read(file, extra, complained);  // The first attempt stopped at the missing operator.
  }
  if (!module) return module.error();
  return *module ? Result<Module>(**std::move(module)) : graph::unreadable(complained);
}

void flatten(const Module& module, std::shared_ptr<Graph>& graph) {
  torch::jit::Inline(*graph);
  graph::bind_attributes(module, *graph);
  simplify(graph);
}

// NaN makes every result NaN, and kernels of different libraries treat it differently.
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
  if (auto archive = graph::check_archive(file); !archive) return archive.error();
  torch::jit::ExtraFilesMap extra{{"inputs.json", ""}, {"image.json", ""}};
  auto module = read_module(file, extra);
  if (!module) return module.error();
  try {
    if (auto within = graph::check_extents(*module); !within) return within.error();
    if (!module->find_method("forward")) {
      return error(ErrorKind::invalid, "the network has no forward(); save a module, not only its weights");
    }
    module->eval();
    if (auto finite = check_weights(*module); !finite) return finite.error();
    // Freezing deletes the methods that forward() calls. Stack traces of their operators would then point nowhere.
    // After inlining they point to the file's own methods, which stay alive.
    torch::jit::Inline(*module->get_method("forward").graph());
    auto functions = module->_ivalue()->compilation_unit();
    *module = torch::jit::freeze_module(*module);  // Frees the unfrozen module and its reference to the weights.
    const auto forward = module->get_method("forward");
    Script script{forward.graph(), *module, {}, extra["inputs.json"], extra["image.json"], {}, {}, {}, {}};
    script.functions = std::move(functions);
    script.defaults = graph::bind_defaults(*script.graph, forward.function().getSchema());
    graph::forget_gpus(*script.graph);
    flatten(*module, script.graph);
    if (auto plain = unpack_prepacked(script.graph); !plain) return plain.error();
    if (auto settled = check_determinism(*script.graph); !settled) return settled.error();
    if (auto simple = graph::check_inputs(*script.graph); !simple) return simple.error();
    return script;
  } catch (const std::exception& thrown) {
    return error(ErrorKind::invalid, "libtorch cannot freeze this network: {}", graph::complaint(thrown));
  }
}

}  // namespace tideline::script
