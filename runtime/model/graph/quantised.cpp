#include "runtime/model/graph/quantised.h"

#include <ATen/Functions.h>

namespace tideline::graph {
namespace {

// Returns the numbers in a quantised tensor's memory, without a copy. REQUIRES: the tensor outlives the result.
at::Tensor seen_as_numbers(const at::Tensor& tensor) {
  const auto options = at::TensorOptions(c10::toUnderlying(tensor.scalar_type()));
  return at::from_blob(tensor.data_ptr(), tensor.sizes(), tensor.strides(), options);
}

}  // namespace

std::string why_not_as_numbers(const at::Tensor& tensor) {
  const auto type = tensor.scalar_type();
  if (tensor.qscheme() != at::kPerTensorAffine) return "is quantised with a scale for each channel";
  if (type != at::kQInt8 && type != at::kQUInt8 && type != at::kQInt32) return "is quantised to less than a byte";
  return {};
}

Quantisation quantisation_of(const at::Tensor& tensor) {
  return {tensor.scalar_type(), tensor.q_scale(), tensor.q_zero_point()};
}

at::Tensor numbers_of(const at::Tensor& tensor) {
  return seen_as_numbers(tensor).clone();
}

at::Tensor quantised(const at::Tensor& numbers, const std::vector<std::int64_t>& strides, const Quantisation& as) {
  const auto flat = at::_empty_affine_quantized({numbers.numel()}, at::TensorOptions(as.type), as.scale, as.zero);
  auto tensor = flat.as_strided(numbers.sizes(), strides);
  seen_as_numbers(tensor).copy_(numbers);
  return tensor;
}

}  // namespace tideline::graph
