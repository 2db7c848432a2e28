// RawTensor <-> at::Tensor. Neither direction copies: each side keeps the other's memory alive.
#pragma once

#include "runtime/model/raw_tensor.h"

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

namespace tideline {

std::optional<DType> from_torch(at::ScalarType type);
at::ScalarType to_torch(DType dtype);

// The result shares `tensor`'s memory: nothing may write to it. (Copies only where the memory is not aligned to the
// type.)
at::Tensor to_torch(const RawTensor& tensor);
// REQUIRES: shippable(tensor), and it is not blocked.
RawTensor from_torch(const at::Tensor& tensor);

at::Tensor zeros(const RawSpec& spec);

// Returns true iff the tensor is a plain one: on the CPU, of a type that DType knows, of a sane shape, and dense or in
// oneDNN's blocked layout. A dense tensor must be contiguous as well: operators may sum in another order over other
// strides, and then a cut would not be exact.
bool shippable(const at::Tensor& tensor);

// Returns the tensor's shape and type; REQUIRES: shippable(tensor).
RawSpec spec_of(std::string name, const at::Tensor& tensor);

}  // namespace tideline
