#include "runtime/model/script/layer_name.h"

#include "runtime/model/kernels/kernel.h"

namespace tideline::script {
namespace {

// libtorch's texts for a module's own functions and for unknown places.
bool says_nothing(const std::string& instance) {
  return instance.empty() || instance == "SELF" || instance == "INSTANCE_NAME_UNKNOWN";
}

// Returns the path of modules in which the operator stood before inlining.
std::string module_path(const torch::jit::Node& node) {
  std::string path;
  const auto stack = node.callstack();
  if (!stack) return path;
  for (const auto& entry : (*stack)->vec()) {
    const auto& module = std::get<2>(entry);
    if (!module || says_nothing(module->instance_name())) continue;
    if (!path.empty()) path += '.';
    path += module->instance_name();
  }
  return path;
}

}  // namespace

std::string layer_name(const torch::jit::Node& node, std::size_t place) {
  const auto path = module_path(node);
  if (path.empty()) return kernels::operator_name(node) + " " + std::to_string(place);
  return path + " " + kernels::operator_name(node);
}

}  // namespace tideline::script
