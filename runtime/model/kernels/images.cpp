#include "runtime/model/kernels/images.h"

#include "runtime/model/kernels/call.h"
#include "runtime/model/kernels/fp16_tensors.h"

#include <ATen/Functions.h>

#include <cstring>

namespace tideline::kernels {

namespace {

bool lies_so(const at::Tensor& image, at::ScalarType type) {
  return image.scalar_type() == type && image.is_contiguous(at::MemoryFormat::ChannelsLast);
}

bool is_ours_alone(const at::Tensor& tensor) {
  return tensor.use_count() == 1 && tensor.storage().use_count() == 1 && !is_from_outside(tensor);
}

}  // namespace

bool is_image(const at::Tensor& tensor) {
  const auto type = tensor.scalar_type();
  const bool known = type == at::kFloat || type == at::kBFloat16 || type == at::kHalf;
  return tensor.dim() == 4 && known && tensor.numel() > 0;
}

bool is_from_outside(const at::Tensor& tensor) {
  return tensor.storage().allocator() == nullptr;
}

at::Tensor channels_last(const at::Tensor& image, at::ScalarType type) {
  if (lies_so(image, type)) return image;
  if (image.scalar_type() == at::kHalf) return in_type(image.contiguous(at::MemoryFormat::ChannelsLast), type);
  if (type == at::kHalf) return in_type(channels_last(image, image.scalar_type()), type);
  if (!image.is_non_overlapping_and_dense()) return image.to(type).contiguous(at::MemoryFormat::ChannelsLast);
  auto copy = empty_image(image.sizes().vec(), type);
  onednn::copy(image, copy);
  return copy;
}

at::Tensor writable_image(at::Tensor image, at::ScalarType type) {
  if (!lies_so(image, type)) return channels_last(image, type);
  if (is_ours_alone(image)) return image;
  auto copy = empty_image(image.sizes().vec(), type);
  std::memcpy(copy.data_ptr(), image.data_ptr(), image.nbytes());
  return copy;
}

at::Tensor empty_image(const std::vector<std::int64_t>& shape, at::ScalarType type) {
  return at::empty(shape, at::TensorOptions(type).memory_format(at::MemoryFormat::ChannelsLast));
}

std::vector<std::int64_t> shape_key(const at::Tensor& x, std::int64_t variant) {
  auto key = x.sizes().vec();
  key.push_back(variant);
  return key;
}

}  // namespace tideline::kernels
