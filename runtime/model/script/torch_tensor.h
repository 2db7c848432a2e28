// TorchTensor: converts Tensor to at::Tensor and back without a copy: each keeps the other's memory alive.
#pragma once

#include "runtime/base/tensor.h"

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

namespace tideline::script {

std::optional<DType> from_torch(at::ScalarType type);
at::ScalarType to_torch(DType dtype);

// The result shares `tensor`'s memory, so nothing may write to it. (Copies only if the memory is not aligned for the
// type.)
at::Tensor to_torch(const Tensor& tensor);
// REQUIRES: it is shippable, contiguous, and in the processor's memory.
Tensor from_torch(const at::Tensor& tensor);

at::Tensor zeros(const TensorSpec& spec);

// Returns a tensor of varied numbers, of both signs if the type has them; whole numbers are 0 to 7.
at::Tensor numbers(const TensorSpec& spec);

// Returns why the tensor cannot cross a cut, such as "is sparse"; empty iff it is shippable. A shippable tensor is in
// that device's memory, has a type of DType and a valid shape, and is dense in any order of dimensions. If it is
// quantised, it has one scale for all its numbers.
std::string why_not_shippable(const at::Tensor& tensor, at::Device device = at::kCPU);

// Returns the same numbers in row-major order; a copy if they are not so already. REQUIRES, here and below: it is
// shippable.
at::Tensor row_major(const at::Tensor& tensor);

// Returns a copy with those strides. Operators may sum in another order with other strides. So a tail is exact only if
// its inputs have the strides of the whole network.
at::Tensor copy_with_strides(const at::Tensor& tensor, const std::vector<std::int64_t>& strides);

// Returns the tensor's shape and type; for a quantised tensor the type of its numbers.
TensorSpec spec_of(std::string name, const at::Tensor& tensor);

}  // namespace tideline::script
