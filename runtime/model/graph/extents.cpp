#include "runtime/model/graph/extents.h"

#include <torch/csrc/jit/ir/constants.h>

#include <cstdint>

namespace tideline::graph {
namespace {

using torch::jit::Block;

bool lies_within(const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.layout() != at::kStrided || !tensor.has_storage()) return true;
  const std::int64_t room = static_cast<std::int64_t>(tensor.storage().nbytes() / tensor.itemsize());
  std::int64_t last = tensor.storage_offset();
  if (last < 0) return false;
  bool empty = false;
  for (std::int64_t i = 0; i < tensor.dim(); ++i) {
    const std::int64_t size = tensor.sizes()[i], stride = tensor.strides()[i];
    std::int64_t far = 0;
    if (size < 0 || stride < 0) return false;
    empty = empty || size == 0;
    if (size > 0 && (__builtin_mul_overflow(size - 1, stride, &far) || __builtin_add_overflow(last, far, &last)))
      return false;
  }
  return empty || last < room;
}

bool constants_lie_within(const Block& block) {
  for (const auto* node : block.nodes()) {
    if (node->kind() == at::prim::Constant) {
      const auto value = torch::jit::toIValue(node->output());
      if (value && value->isTensor() && !lies_within(value->toTensor())) return false;
    }
    for (const Block* inner : node->blocks()) {
      if (!constants_lie_within(*inner)) return false;
    }
  }
  return true;
}

Error behind(const std::string& what) {
  return error(ErrorKind::invalid,
               "{} extends past the end of its record: the file is damaged; save the network again with torch.jit.save",
               what);
}

}  // namespace

Result<void> check_extents(const torch::jit::Module& module) {
  for (const auto& named : module.named_attributes()) {
    if (named.value.isTensor() && !lies_within(named.value.toTensor())) return behind("'" + named.name + "'");
  }
  for (const auto& part : module.modules()) {
    for (const auto& method : part.get_methods()) {
      if (!constants_lie_within(*method.graph()->block())) return behind("a constant of its code");
    }
  }
  return {};
}

}  // namespace tideline::graph
