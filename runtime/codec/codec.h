// Codec: tensors to bytes and back, in the form that a plan names (policy/plan/plan.h says what each form loses).
//
// The images of a batch are encoded each by itself, one behind the other: the wire form of a batch is that of its
// images, put together. Encoding and decoding are pure functions of their arguments. Thread-safe.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/codec/size_range.h"

#include <cstddef>
#include <memory>

namespace tideline {

// Returns the wire form of one tensor. Where the codec changes nothing the answer shares the tensor's memory.
// The result is a tensor only in that it carries its bytes: its type and shape are those of the encoded form.
Tensor encode(Codec codec, const Tensor& tensor);

// Returns how many bytes encode() may make of a tensor of that spec. REQUIRES, here and below: byte_count() of the spec
// succeeds; at_batch() settles what varies.
SizeRange encoded_size(Codec codec, const TensorSpec& spec);

// Returns the tensor that `spec` describes from its wire form; it may share `wire`'s memory.
// Returns corrupt when encode() cannot have made the wire form of such a tensor. Takes no more memory than that tensor
// does, and none unless `size` is within encoded_size().
Result<Tensor> decode(Codec codec, const TensorSpec& spec, std::shared_ptr<const std::byte> wire, std::size_t size);

}  // namespace tideline
