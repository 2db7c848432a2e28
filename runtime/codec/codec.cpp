#include "runtime/codec/codec.h"

#include "runtime/codec/half.h"

#include <cstdint>
#include <utility>

namespace tideline {
namespace {

// The one pair of codec and type that changes anything.
bool halves(Codec codec, DType dtype) {
  return codec == Codec::fp16 && dtype == DType::fp32;
}

}  // namespace

Tensor encode(Codec codec, const Tensor& tensor) {
  if (!halves(codec, tensor.dtype())) return tensor;
  const std::span<const float> floats = tensor.floats();
  const std::size_t size = floats.size() * sizeof(std::uint16_t);
  std::shared_ptr<std::byte> wire = aligned_bytes(size);
  to_half(floats, {reinterpret_cast<std::uint16_t*>(wire.get()), floats.size()});
  return Tensor(DType::fp16, tensor.shape(), std::move(wire), size);
}

Bytes encoded_size(Codec codec, const TensorSpec& spec) {
  const Bytes plain = *byte_count(spec.dtype, spec.shape);
  return halves(codec, spec.dtype) ? Bytes{plain.count / 2} : plain;
}

Result<Tensor> decode(Codec codec, const TensorSpec& spec, std::shared_ptr<const std::byte> wire, std::size_t size) {
  const std::uint64_t expected = encoded_size(codec, spec).count;
  if (size != expected) {
    return error(ErrorKind::corrupt, "{} as {} takes {} bytes on the wire, not {}", to_string(spec), name(codec),
                 expected, size);
  }
  if (!halves(codec, spec.dtype)) return Tensor(spec.dtype, spec.shape, std::move(wire), size);
  const std::size_t count = size / sizeof(std::uint16_t);
  std::shared_ptr<std::byte> plain = aligned_bytes(count * sizeof(float));
  from_half({reinterpret_cast<const std::uint16_t*>(wire.get()), count},
            {reinterpret_cast<float*>(plain.get()), count});
  return Tensor(spec.dtype, spec.shape, std::move(plain), count * sizeof(float));
}

}  // namespace tideline
