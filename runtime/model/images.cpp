#include "runtime/model/images.h"

#include "runtime/model/onednn.h"

#include <ATen/Functions.h>

#include <cstring>

namespace tideline {

bool is_image(const at::Tensor& tensor) {
  return tensor.dim() == 4 && tensor.scalar_type() == at::kFloat && tensor.numel() > 0;
}

at::Tensor channels_last(const at::Tensor& image) {
  if (image.is_contiguous(at::MemoryFormat::ChannelsLast)) return image;
  if (!image.is_non_overlapping_and_dense()) return image.contiguous(at::MemoryFormat::ChannelsLast);
  auto copy = empty_image(image.sizes().vec());
  onednn::copy(image, copy);
  return copy;
}

namespace {

// Memory that came from outside has no allocator: it is the caller's.
bool is_ours_alone(const at::Tensor& tensor) {
  const auto& storage = tensor.storage();
  return tensor.use_count() == 1 && storage.use_count() == 1 && storage.allocator() != nullptr;
}

}  // namespace

at::Tensor writable_image(at::Tensor image) {
  if (!image.is_contiguous(at::MemoryFormat::ChannelsLast)) return channels_last(image);
  if (is_ours_alone(image)) return image;
  auto copy = empty_image(image.sizes().vec());
  std::memcpy(copy.data_ptr(), image.data_ptr(), image.nbytes());
  return copy;
}

at::Tensor empty_image(const std::vector<std::int64_t>& shape) {
  return at::empty(shape, at::TensorOptions(at::kFloat).memory_format(at::MemoryFormat::ChannelsLast));
}

std::vector<std::int64_t> shape_key(const at::Tensor& x, std::int64_t variant) {
  auto key = x.sizes().vec();
  key.push_back(variant);
  return key;
}

}  // namespace tideline
