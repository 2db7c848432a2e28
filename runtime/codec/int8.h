// Int8: tensors as bytes with one scale for each group of numbers; what a group looks like is in
// runtime/codec/README.md.
//
// Pure functions of their arguments. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/codec/groups.h"
#include "runtime/codec/int8_kernels.h"
#include "runtime/codec/size_range.h"

#include <cstddef>
#include <span>

namespace tideline {

// Whether a group leaves out the codes that stand for zero, where that is shorter.
enum class Zeros : bool { kept, dropped };

SizeRange int8_size(const Groups& groups, Zeros zeros);

// REQUIRES: groups_of() the tensor is `groups`.
Tensor encode_int8(const Tensor& tensor, const Groups& groups, Zeros zeros, const Int8Kernels& kernels);

// Returns corrupt unless `wire` is what encode_int8() may make of such a tensor.
// REQUIRES: int8_size() holds wire.size(); groups_of() the spec is `groups`.
Result<Tensor> decode_int8(const TensorSpec& spec, const Groups& groups, Zeros zeros, std::span<const std::byte> wire,
                           const Int8Kernels& kernels);

}  // namespace tideline
