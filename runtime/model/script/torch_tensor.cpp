#include "runtime/model/script/torch_tensor.h"

#include "runtime/model/graph/quantised.h"
#include "runtime/model/kernels/call.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tideline::script {
namespace {

constexpr std::array<std::pair<DType, at::ScalarType>, 10> kTypes{{{DType::fp32, at::kFloat},
                                                                   {DType::fp16, at::kHalf},
                                                                   {DType::bf16, at::kBFloat16},
                                                                   {DType::fp64, at::kDouble},
                                                                   {DType::int8, at::kChar},
                                                                   {DType::uint8, at::kByte},
                                                                   {DType::int16, at::kShort},
                                                                   {DType::int32, at::kInt},
                                                                   {DType::int64, at::kLong},
                                                                   {DType::boolean, at::kBool}}};

bool has_elements(const at::Tensor& tensor) {
  const auto sizes = tensor.sizes();
  return std::all_of(sizes.begin(), sizes.end(), [](auto size) { return size > 0; });
}

// oneDNN reorders images several times faster than libtorch.
bool turned_by_onednn(const at::Tensor& tensor) {
  return tensor.is_cpu() && tensor.dim() == 4 &&
         (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kBFloat16);
}

}  // namespace

std::optional<DType> from_torch(at::ScalarType type) {
  for (const auto& [ours, theirs] : kTypes) {
    if (theirs == type) return ours;
  }
  return std::nullopt;
}

at::ScalarType to_torch(DType dtype) {
  for (const auto& [ours, theirs] : kTypes) {
    if (ours == dtype) return theirs;
  }
  return at::kFloat;
}

at::Tensor to_torch(const Tensor& tensor) {
  auto* const memory = const_cast<std::byte*>(tensor.data().get());
  const auto keep = [owner = tensor.data()](void*) {};
  auto wrapped = at::from_blob(memory, tensor.shape(), keep, at::TensorOptions(to_torch(tensor.dtype())));
  const bool aligned = reinterpret_cast<std::uintptr_t>(memory) % size_of(tensor.dtype()) == 0;
  return aligned ? wrapped : wrapped.clone();
}

Tensor from_torch(const at::Tensor& tensor) {
  const auto owner = std::make_shared<const at::Tensor>(tensor);
  const auto* const memory = static_cast<const std::byte*>(tensor.data_ptr());
  return {from_torch(tensor.scalar_type()).value_or(DType::fp32), tensor.sizes().vec(),
          std::shared_ptr<const std::byte>(owner, memory), tensor.nbytes()};
}

at::Tensor zeros(const TensorSpec& spec) {
  return at::zeros(spec.shape, at::TensorOptions(to_torch(spec.dtype)));
}

at::Tensor numbers(const TensorSpec& spec) {
  const auto type = to_torch(spec.dtype);
  const auto count = at::empty(spec.shape, at::kBool).numel();
  const auto places = at::arange(count, at::kLong);
  if (!at::isFloatingType(type)) return at::remainder(places, type == at::kBool ? 2 : 8).to(type).reshape(spec.shape);
  return at::sin(places.to(at::kFloat)).to(type).reshape(spec.shape);
}

std::string why_not_shippable(const at::Tensor& tensor, at::Device device) {
  if (!tensor.defined()) return "is none";
  if (tensor.device() != device)
    return device.is_cpu() ? "is not in the processor's memory" : "is not on " + device.str();
  if (tensor.layout() != at::kStrided) return "is sparse";
  if (tensor.is_quantized()) {
    if (auto why = graph::why_not_as_numbers(tensor); !why.empty()) return why;
  }
  if (tensor.is_complex()) return "holds complex numbers";
  if (!from_torch(c10::toUnderlying(tensor.scalar_type()))) return "holds numbers of an unknown type";
  if (tensor.sizes().size() > kMaxRank) return "has more dimensions than " + std::to_string(kMaxRank);
  if (!has_elements(tensor)) return "holds no number at all";
  if (!tensor.is_non_overlapping_and_dense() || tensor.is_neg()) return "is not dense";
  return {};
}

at::Tensor row_major(const at::Tensor& tensor) {
  if (tensor.is_contiguous() || !turned_by_onednn(tensor)) return tensor.contiguous();
  const auto turned = at::empty(tensor.sizes(), tensor.options());
  kernels::onednn::copy(tensor, turned);
  return turned;
}

at::Tensor copy_with_strides(const at::Tensor& tensor, const std::vector<std::int64_t>& strides) {
  auto copy = at::empty_strided(tensor.sizes(), strides, tensor.options());
  if (!turned_by_onednn(tensor)) return copy.copy_(tensor);
  kernels::onednn::copy(tensor, copy);
  return copy;
}

TensorSpec spec_of(std::string name, const at::Tensor& tensor) {
  const auto type = from_torch(c10::toUnderlying(tensor.scalar_type()));
  return {std::move(name), type.value_or(DType::fp32), tensor.sizes().vec()};
}

}  // namespace tideline::script
