// Images: tensors [n, c, h, w] of fp32, bf16 or fp16 with channels last in memory, the fastest order for oneDNN.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tideline::kernels {

bool is_image(const at::Tensor& tensor);

// Returns true iff a caller owns the tensor's memory, not libtorch's allocator.
bool is_from_outside(const at::Tensor& tensor);

// Returns `image` in that type with channels last; a copy if it is not so already. Throws like in_type(). REQUIRES:
// is_image(image).
at::Tensor channels_last(const at::Tensor& image, at::ScalarType type);

// Returns a writable image with those numbers in that type, channels last: `image` itself if its memory has no other
// owner. REQUIRES: is_image(image).
at::Tensor writable_image(at::Tensor image, at::ScalarType type);

// Returns uninitialised memory for an image of that shape, channels last.
at::Tensor empty_image(const std::vector<std::int64_t>& shape, at::ScalarType type);

// Returns the key of a prepared primitive: the shape and a variant.
std::vector<std::int64_t> shape_key(const at::Tensor& x, std::int64_t variant = 0);

}  // namespace tideline::kernels
