// RawTensor <-> at::Tensor. Neither direction copies: each side keeps the other's memory alive.
#pragma once

#include "runtime/model/graph/raw_tensor.h"

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

namespace tideline {

std::optional<DType> from_torch(at::ScalarType type);
at::ScalarType to_torch(DType dtype);

// The result shares `tensor`'s memory: nothing may write to it. (Copies only where the memory is not aligned to the
// type.)
at::Tensor to_torch(const RawTensor& tensor);
// REQUIRES: it is shippable, contiguous, and in the processor's memory.
RawTensor from_torch(const at::Tensor& tensor);

at::Tensor zeros(const RawSpec& spec);

// Returns a tensor of numbers that differ, of both signs where the type has them; whole ones are from 0 to 7.
at::Tensor numbers(const RawSpec& spec);

// Returns what keeps the tensor from being a plain one, as "is sparse"; empty iff it is shippable: in that device's
// memory, of a type that DType knows, of a sane shape, and dense, in whatever order its dimensions lie; or such a
// tensor of numbers that are quantised with one scale for all.
std::string why_not_shippable(const at::Tensor& tensor, at::Device device = at::kCPU);

// Returns the same numbers, row-major; a copy where they are not so yet. REQUIRES, here and below: it is shippable.
at::Tensor row_major(const at::Tensor& tensor);

// Returns a copy with those strides. Operators may sum in another order over other strides: a tail is exact only if
// what it is given lies as it does in the whole.
at::Tensor copy_with_strides(const at::Tensor& tensor, const std::vector<std::int64_t>& strides);

// Returns the tensor's shape and type; of a quantised one the type of its numbers.
RawSpec spec_of(std::string name, const at::Tensor& tensor);

}  // namespace tideline
