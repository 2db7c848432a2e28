#include "runtime/model/kernels/narrow.h"

#include "runtime/model/kernels/kernel.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace tideline::kernels {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// Operators that select or move numbers and accept bf16: their results are exact.
bool hands_on(const Node& node) {
  static const std::unordered_set<std::string_view> kKinds{
      "aten::cat",        "aten::chunk",         "aten::contiguous",   "aten::flatten",   "aten::max_pool2d",
      "aten::permute",    "aten::relu",          "aten::reshape",      "aten::select",    "aten::slice",
      "aten::split",      "aten::squeeze",       "aten::transpose",    "aten::unsqueeze", "aten::view",
      "prim::ListUnpack", "prim::ConstantChunk", "prim::ListConstruct"};
  return kKinds.count(node.kind().toQualString()) > 0;
}

bool holds_tensors(const Value& value) {
  const auto& type = value.type();
  return type->isSubtypeOf(*c10::TensorType::get()) || type->isSubtypeOf(*c10::ListType::ofTensors());
}

class Narrowing {
 public:
  // Starts with all values that can be bf16, and removes those that may not until nothing changes.
  explicit Narrowing(Block& block) {
    collect(block);
    while (take_out()) {
    }
  }

  void apply() {
    for (Node* node : kernels_)
      kernel_of(*node)->work_in({at::kBFloat16, is_narrow(node->output()) ? at::kBFloat16 : at::kFloat});
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
      if (!kernel && !(hands_on(*node) && all_narrow(node->inputs()))) continue;
      for (Value* output : node->outputs()) {
        if (!holds_tensors(*output) || !narrow_.insert(output).second) continue;
        candidates_.push_back(output);
      }
    }
  }

  bool may_be(Value& value) const {
    Node& maker = *value.node();
    const auto takes = [this](const auto& use) {
      return kernel_of(*use.user) != nullptr || (hands_on(*use.user) && all_narrow(use.user->outputs()));
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

  std::vector<Node*> kernels_;
  std::vector<Value*> candidates_;  // In execution order.
  std::unordered_set<const Value*> narrow_;
};

}  // namespace

std::unordered_set<const Value*> narrow(Graph& graph) {
  Narrowing narrowing(*graph.block());
  narrowing.apply();
  return std::move(narrowing).values();
}

}  // namespace tideline::kernels
