#include "runtime/model/script/weights.h"

#include "runtime/model/kernels/kernel.h"
#include "runtime/model/script/cut_candidates.h"

#include <torch/csrc/jit/ir/constants.h>

#include <algorithm>
#include <unordered_set>

namespace tideline::script {
namespace {

using torch::jit::Node;
using torch::jit::Value;

using Weight = std::uint64_t (kernels::Kernel::*)() const;

// Adds up the sizes of constants; counts each memory once.
class Weighing {
 public:
  explicit Weighing(Weight of_kernel) : of_kernel_(of_kernel) {}

  void add_inputs_of(const Node& node) {
    if (const kernels::Kernel* kernel = kernels::kernel_of(node);
        kernel != nullptr && memories_.insert(kernel).second) {
      bytes_ += (kernel->*of_kernel_)();
    }
    for (const Value* input : node.inputs()) add(*input);
    for (const auto* block : node.blocks()) {
      for (const Node* inner : block->nodes()) add_inputs_of(*inner);
      for (const Value* result : block->outputs()) add(*result);
    }
  }
  std::uint64_t bytes() const { return bytes_; }

 private:
  void add(const Value& value) {
    const Node& node = *value.node();
    if (!is_constant(node) || !values_.insert(&value).second) return;
    if (const auto constant = torch::jit::toIValue(&value)) {
      constant->visit([this](const at::IValue& part) {
        if (part.isTensor()) add(part.toTensor());
        if (part.isObject()) add_packed(part);
        return false;
      });
    }
  }
  // int8 networks have weights in libtorch's own order. They count at their saved size.
  void add_packed(const at::IValue& packed) {
    const auto object = packed.toObject();
    auto* const saved = object->type()->findMethod("__getstate__");
    if (saved == nullptr || !memories_.insert(object.get()).second) return;
    try {
      const at::IValue state = (*saved)({packed});
      state.visit([this](const at::IValue& part) {
        if (part.isTensor() && part.toTensor().defined()) bytes_ += part.toTensor().nbytes();
        return false;
      });
    } catch (const std::exception&) {
      return;  // The object freed its original form and cannot report its size.
    }
  }
  void add(const at::Tensor& tensor) {
    if (!tensor.defined() || !tensor.has_storage()) return;
    if (memories_.insert(tensor.storage().data()).second) bytes_ += tensor.storage().nbytes();
  }

  const Weight of_kernel_;
  std::unordered_set<const Value*> values_;
  std::unordered_set<const void*> memories_;
  std::uint64_t bytes_ = 0;
};

template <typename Iterator>
std::vector<std::uint64_t> running_sum(Iterator first, Iterator last, Weight of_kernel) {
  Weighing weighing(of_kernel);
  std::vector<std::uint64_t> sums{0};
  for (; first != last; ++first) {
    weighing.add_inputs_of(**first);
    sums.push_back(weighing.bytes());
  }
  return sums;
}

}  // namespace

std::vector<std::uint64_t> weights_before(const std::vector<Node*>& operators) {
  return running_sum(operators.begin(), operators.end(), &kernels::Kernel::weight_bytes);
}

std::vector<std::uint64_t> held_before(const std::vector<Node*>& operators) {
  return running_sum(operators.begin(), operators.end(), &kernels::Kernel::held_bytes);
}

std::vector<std::uint64_t> weights_after(const std::vector<Node*>& operators) {
  auto sums = running_sum(operators.rbegin(), operators.rend(), &kernels::Kernel::weight_bytes);
  std::reverse(sums.begin(), sums.end());
  return sums;
}

}  // namespace tideline::script
