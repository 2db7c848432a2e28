// The codecs of steps (q64 to q1): encode a tensor as whole multiples of one step, entropy-coded; README.md has the
// format.
//
//     const Coded first = encode_q(Codec::q4, tensor);
//     const Coded next = encode_q(Codec::q4, similar, first.codes.get());  // As differences, where that is shorter.
//     Result<Decoded> decoded = decode_q(spec, next.wire.data(), next.wire.bytes().size(), Keep::tensor,
//                                         first.codes.get());
//
// The decoded numbers depend only on the tensor and the codec, not on what it was sent as a difference to. So nothing
// drifts. Pure functions: the same bytes on every machine. REQUIRES of all: the codec is one of steps. Thread-safe.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/codec/q_codes.h"
#include "runtime/codec/size_range.h"

#include <cstddef>
#include <memory>

namespace tideline::codec {

struct Coded {
  Tensor wire;
  // Null: the tensor is sent unchanged, and nothing can be sent as a difference to it.
  std::shared_ptr<const Codes> codes;
  bool is_difference = false;  // It can be decoded only against `before`.
};

// Returns the wire form: of each stretch the shorter of its codes and their differences to `before` (null: only the
// codes). Ignores `before` if it is of another shape.
Coded encode_q(plan::Codec codec, const Tensor& tensor, const Codes* before = nullptr);

struct Decoded {
  Tensor tensor;
  std::shared_ptr<const Codes> codes;  // Null if they are not kept, or as in Coded.
};

// Whether decode_q() returns the codes, which take half as much memory as the tensor.
enum class Keep : bool { tensor, tensor_and_codes };

// Returns the tensor. Returns corrupt when encode_q() cannot have made these bytes against `before`. REQUIRES:
// q_size() holds `size`.
Result<Decoded> decode_q(const TensorSpec& spec, std::shared_ptr<const std::byte> wire, std::size_t size, Keep keep,
                         const Codes* before = nullptr);

// Returns how many bytes encode_q() may return.
SizeRange q_size(const TensorSpec& spec);

// Returns true iff such tensors become codes: fp32 of two dimensions or more, whose images (steps of the first
// dimension) have at least 8 numbers. Others are sent unchanged.
bool becomes_codes(DType dtype, const Shape& shape);

}  // namespace tideline::codec
