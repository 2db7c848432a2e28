// Images: tensors [n, c, h, w] of fp32 or bf16 whose channels lie last in memory, as oneDNN's fastest kernels want
// them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tideline {

bool is_image(const at::Tensor& tensor);

// Returns `image` in that type with its channels last; a copy where it is not so yet. REQUIRES: is_image(image).
at::Tensor channels_last(const at::Tensor& image, at::ScalarType type);

// Returns an image with those numbers in that type, channels last, that may be written to: `image` itself where nobody
// else holds its memory. REQUIRES: is_image(image).
at::Tensor writable_image(at::Tensor image, at::ScalarType type);

// Returns uninitialised memory for an image of that shape, channels last.
at::Tensor empty_image(const std::vector<std::int64_t>& shape, at::ScalarType type);

// What tells one prepared primitive from another: the shape, and one thing more.
std::vector<std::int64_t> shape_key(const at::Tensor& x, std::int64_t variant = 0);

}  // namespace tideline
