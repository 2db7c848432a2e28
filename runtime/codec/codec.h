// Codec: tensors to bytes and back, in the form that a plan names (policy/plan.h says what each form loses).
//
// Encoding and decoding are pure functions of their arguments. Thread-safe.
#pragma once

#include "policy/plan.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <span>
#include <vector>

namespace tideline {

// Returns the wire form of one tensor. Where the codec changes nothing the answer shares the tensor's memory.
// The result is a tensor only in that it carries its bytes: its type and shape are those of the encoded form.
Tensor encode(Codec codec, const Tensor& tensor);

// Returns how many bytes encode() makes of a tensor of that spec. REQUIRES, here and below: byte_count() of the spec
// succeeds; at_batch() settles what varies.
Bytes encoded_size(Codec codec, const TensorSpec& spec);

// Returns the tensor that `spec` describes from its wire form; it may share `wire`'s memory.
// Returns corrupt when wire.size() is not encoded_size(codec, spec).
Result<Tensor> decode(Codec codec, const TensorSpec& spec, std::shared_ptr<const std::byte> wire, std::size_t size);

}  // namespace tideline
