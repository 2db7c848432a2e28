#include "runtime/model/kernels/narrow.h"

#include "runtime/model/kernels/fp16_numbers.h"
#include "runtime/model/kernels/kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace tideline::kernels {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// Operators that select or move numbers and accept bf16: their results are exact. libtorch's own maxima take no fp16.
bool hands_on(const Node& node, at::ScalarType type) {
  static const std::unordered_set<std::string_view> kKinds{
      "aten::cat",        "aten::chunk",         "aten::contiguous",   "aten::flatten",   "aten::max_pool2d",
      "aten::permute",    "aten::relu",          "aten::reshape",      "aten::select",    "aten::slice",
      "aten::split",      "aten::squeeze",       "aten::transpose",    "aten::unsqueeze", "aten::view",
      "prim::ListUnpack", "prim::ConstantChunk", "prim::ListConstruct"};
  const std::string_view kind = node.kind().toQualString();
  if (type == at::kHalf && (kind == "aten::relu" || kind == "aten::max_pool2d")) return false;
  return kKinds.count(kind) > 0;
}

bool holds_tensors(const Value& value) {
  const auto& type = value.type();
  return type->isSubtypeOf(*c10::TensorType::get()) || type->isSubtypeOf(*c10::ListType::ofTensors());
}

class Narrowing {
 public:
  // Starts with all values that can have the type, and removes those that may not until nothing changes.
  Narrowing(Block& block, at::ScalarType type) : type_(type) {
    collect(block);
    while (take_out()) {
    }
  }

  void apply() {
    for (Node* node : kernels_) kernel_of(*node)->work_in({type_, is_narrow(node->output()) ? type_ : at::kFloat});
  }

  std::unordered_set<const Value*> values() && { return std::move(narrow_); }

 private:
  bool is_narrow(const Value* value) const { return narrow_.count(value) > 0; }

  bool all_narrow(at::ArrayRef<Value*> values) const {
    return std::all_of(values.begin(), values.end(),
                       [this](const Value* v) { return !holds_tensors(*v) || is_narrow(v); });
  }

  void collect(Block& block) {
    for (Node* node : block.nodes()) {
      for (Block* inner : node->blocks()) collect(*inner);
      const bool kernel = kernel_of(*node) != nullptr;
      if (kernel) kernels_.push_back(node);
      if (!kernel && !(hands_on(*node, type_) && all_narrow(node->inputs()))) continue;
      for (Value* output : node->outputs()) {
        if (!holds_tensors(*output) || !narrow_.insert(output).second) continue;
        candidates_.push_back(output);
      }
    }
  }

  bool may_be(Value& value) const {
    Node& maker = *value.node();
    const auto takes = [this](const auto& use) {
      return kernel_of(*use.user) != nullptr || (hands_on(*use.user, type_) && all_narrow(use.user->outputs()));
    };
    return (kernel_of(maker) != nullptr || all_narrow(maker.inputs())) &&
           std::all_of(value.uses().begin(), value.uses().end(), takes);
  }

  // Checks the last values first: a removal mostly affects earlier values.
  bool take_out() {
    const auto before = narrow_.size();
    for (auto value = candidates_.rbegin(); value != candidates_.rend(); ++value) {
      if (is_narrow(*value) && !may_be(**value)) narrow_.erase(*value);
    }
    return narrow_.size() != before;
  }

  const at::ScalarType type_;
  std::vector<Node*> kernels_;
  std::vector<Value*> candidates_;  // In execution order.
  std::unordered_set<const Value*> narrow_;
};

// Adds the largest weights of the kernels that multiply.
void collect_largest(const Block& block, std::vector<std::pair<std::string, float>>& largest) {
  for (const Node* node : block.nodes()) {
    for (const Block* inner : node->blocks()) collect_largest(*inner, largest);
    const Kernel* const kernel = kernel_of(*node);
    if (const auto most = kernel != nullptr ? kernel->largest_weight() : std::nullopt)
      largest.emplace_back(operator_name(*node), *most);
  }
}

}  // namespace

std::string why_not_in_fp16(const Graph& graph) {
  std::vector<std::pair<std::string, float>> largest;
  collect_largest(*graph.block(), largest);
  if (largest.empty()) return "it has no convolution and no linear layer that would compute in fp16";
  for (const auto& [name, most] : largest)
    if (!(most <= kMostFp16))
      return fmt::format("a layer that ends in {} has a weight of {}, and fp16 ends at {}", name, most, kMostFp16);
  return {};
}

std::unordered_set<const Value*> narrow(Graph& graph, at::ScalarType type) {
  Narrowing narrowing(*graph.block(), type);
  narrowing.apply();
  return std::move(narrowing).values();
}

}  // namespace tideline::kernels
