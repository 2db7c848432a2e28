#include "runtime/codec/codec.h"

#include "runtime/codec/half.h"
#include "runtime/codec/q_codec.h"

#include <cstdint>
#include <utility>

namespace tideline::codec {
namespace {

// The only pair of codec and type that becomes half precision.
bool halves(plan::Codec codec, DType dtype) {
  return codec == plan::Codec::fp16 && dtype == DType::fp32;
}

Tensor encode_halves(const Tensor& tensor) {
  const std::span<const float> floats = tensor.floats();
  const std::size_t size = floats.size() * sizeof(std::uint16_t);
  std::shared_ptr<std::byte> wire = aligned_bytes(size);
  to_half(floats, {reinterpret_cast<std::uint16_t*>(wire.get()), floats.size()});
  return Tensor(DType::fp16, tensor.shape(), std::move(wire), size);
}

Tensor decode_halves(const TensorSpec& spec, const std::byte* wire, std::size_t size) {
  const std::size_t count = size / sizeof(std::uint16_t);
  std::shared_ptr<std::byte> plain = aligned_bytes(count * sizeof(float));
  from_half({reinterpret_cast<const std::uint16_t*>(wire), count}, {reinterpret_cast<float*>(plain.get()), count});
  return Tensor(spec.dtype, spec.shape, std::move(plain), count * sizeof(float));
}

}  // namespace

Tensor encode(plan::Codec codec, const Tensor& tensor) {
  if (halves(codec, tensor.dtype())) return encode_halves(tensor);
  if (plan::is_of_steps(codec)) return encode_q(codec, tensor).wire;
  return tensor;
}

SizeRange encoded_size(plan::Codec codec, const TensorSpec& spec) {
  if (plan::is_of_steps(codec)) return q_size(spec);
  Bytes size = *byte_count(spec.dtype, spec.shape);
  if (halves(codec, spec.dtype)) size.count /= 2;
  return {size, size};
}

Result<Tensor> decode(plan::Codec codec, const TensorSpec& spec, std::shared_ptr<const std::byte> wire,
                      std::size_t size) {
  if (const SizeRange expected = encoded_size(codec, spec); !expected.holds(size))
    return error(ErrorKind::corrupt, "{} as {} takes {} on the wire, not {}", to_string(spec), name(codec),
                 to_string(expected), size);
  if (halves(codec, spec.dtype)) return decode_halves(spec, wire.get(), size);
  if (plan::is_of_steps(codec)) {
    Result<Decoded> decoded = decode_q(spec, std::move(wire), size, Keep::tensor);
    if (!decoded) return decoded.error();
    return std::move(decoded->tensor);
  }
  return Tensor(spec.dtype, spec.shape, std::move(wire), size);
}

}  // namespace tideline::codec
