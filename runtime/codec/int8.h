// Int8: encodes tensors as bytes with one scale per group of numbers; runtime/codec/README.md has the format.
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

namespace tideline::codec {

// Whether a group omits the codes of zeros, if that is shorter.
enum class Zeros : bool { kept, dropped };

SizeRange int8_size(const Groups& groups, Zeros zeros);

// REQUIRES: `groups` is groups_of() the tensor.
Tensor encode_int8(const Tensor& tensor, const Groups& groups, Zeros zeros, const Int8Kernels& kernels);

// Returns corrupt unless encode_int8() can return `wire` for such a tensor. REQUIRES: int8_size() holds wire.size();
// `groups` is groups_of() the spec.
Result<Tensor> decode_int8(const TensorSpec& spec, const Groups& groups, Zeros zeros, std::span<const std::byte> wire,
                           const Int8Kernels& kernels);

}  // namespace tideline::codec
