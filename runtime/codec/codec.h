// Codec: converts tensors to the bytes that a plan names and back (policy/plan/plan.h lists each codec's loss).
// image_codec.h does the same for images.
//
//     const Tensor wire = encode(Codec::int8, tensor);
//     const TensorSpec spec{"x", tensor.dtype(), tensor.shape()};
//     const Result<Tensor> decoded = decode(Codec::int8, spec, wire.data(), wire.bytes().size());
//     if (!decoded) return decoded.error();
//
// Each image of a batch is encoded separately: the wire form of a batch is the wire forms of its images, concatenated.
// Pure functions of their arguments. REQUIRES of all: the codec is one of tensors. Thread-safe.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/codec/size_range.h"

#include <cstddef>
#include <memory>

namespace tideline::codec {

// Returns the wire form of one tensor. If the codec changes nothing, the result shares the tensor's memory. The result
// uses Tensor only to carry bytes: its type and shape are those of the encoded form.
Tensor encode(plan::Codec codec, const Tensor& tensor);

// Returns how many bytes encode() may return for a tensor of that spec. REQUIRES, here and below: byte_count() of the
// spec succeeds; use at_batch() to fix a variable batch.
SizeRange encoded_size(plan::Codec codec, const TensorSpec& spec);

// Returns the tensor that `spec` describes from its wire form; it may share `wire`'s memory. Returns corrupt when
// encode() cannot have returned these bytes for such a tensor. Takes no more memory than that tensor does, and none
// unless `size` is within encoded_size().
Result<Tensor> decode(plan::Codec codec, const TensorSpec& spec, std::shared_ptr<const std::byte> wire,
                      std::size_t size);

}  // namespace tideline::codec
