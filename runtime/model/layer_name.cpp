#include "runtime/model/layer_name.h"

#include <string_view>

namespace tideline {
namespace {

// "_convolution", "relu_", "mkldnn_convolution" -> "convolution", "relu", "convolution": what is cut off tells how
// libtorch does it, not what it is.
std::string operator_name(const torch::jit::Node& node) {
  std::string_view name = node.kind().toUnqualString();
  for (const std::string_view prefix : {"_", "mkldnn_", "MKLDNN"}) {
    if (name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
  }
  if (!name.empty() && name.back() == '_') name.remove_suffix(1);
  return std::string(name);
}

// What libtorch writes where a module calls its own functions, or where it does not know.
bool says_nothing(const std::string& instance) {
  return instance.empty() || instance == "SELF" || instance == "INSTANCE_NAME_UNKNOWN";
}

// The names of the modules through which the operator was reached before it was inlined.
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
  if (path.empty()) return operator_name(node) + " " + std::to_string(place);
  return path + " " + operator_name(node);
}

}  // namespace tideline
