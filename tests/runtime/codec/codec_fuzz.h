// What must hold for any bytes that come as a tensor: the fuzzer tries them, and a test replays its corpus.
#pragma once

#include "runtime/codec/codec.h"
#include "runtime/codec/q_codec.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace tideline::codec {

// What came through once differs by no more than the codec's steps when it comes through again.
inline void encode_again(plan::Codec codec, const TensorSpec& spec, const Tensor& tensor) {
  const Tensor again = encode(codec, tensor);
  if (!encoded_size(codec, spec).holds(again.bytes().size())) std::abort();
  const Result<Tensor> twice = decode(codec, spec, again.data(), again.bytes().size());
  if (!twice) std::abort();
  const bool steps = plan::is_of_steps(codec);
  if (!steps && !identical(*twice, tensor)) std::abort();
  if (!steps || spec.dtype != DType::fp32) return;
  for (std::size_t i = 0; i < tensor.floats().size(); ++i) {
    const float was = tensor.floats()[i], is = twice->floats()[i];
    if (std::isnan(was) != std::isnan(is) || std::isinf(was) != std::isinf(is) || (was == 0 && is != 0)) std::abort();
  }
}

// The same bytes as the difference to a tensor before.
inline void decode_against_another(plan::Codec codec, const TensorSpec& spec, std::shared_ptr<const std::byte> wire,
                                   std::size_t size) {
  const std::size_t bytes = byte_count(spec.dtype, spec.shape)->count;
  std::vector<float> ramp(bytes / sizeof(float));
  for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<float>(i % 17) - 8;
  if (spec.dtype != DType::fp32) return;
  const Coded before = encode_q(codec, Tensor::copy_of(spec.dtype, spec.shape, std::as_bytes(std::span(ramp))));
  const Result<Decoded> decoded = decode_q(spec, std::move(wire), size, Keep::tensor_and_codes, before.codes.get());
  if (!decoded || !decoded->codes || !before.codes) return;
  const Coded again = encode_q(codec, decoded->tensor, before.codes.get());
  const Result<Decoded> twice =
      decode_q(spec, again.wire.data(), again.wire.bytes().size(), Keep::tensor, before.codes.get());
  if (!twice) std::abort();
}

// The first bytes choose codec, type and shape; the rest is the wire.
inline void decode_any_tensor(std::span<const std::byte> bytes) {
  if (bytes.size() < 5) return;
  const Result<plan::Codec> codec = plan::codec_from_wire(std::to_integer<std::uint8_t>(bytes[0]));
  const Result<DType> dtype = dtype_from_wire(std::to_integer<std::uint8_t>(bytes[1]));
  if (!codec || !dtype) return;
  const std::int64_t rows = std::to_integer<int>(bytes[2]) % 64 + 1, row = std::to_integer<int>(bytes[3]) + 1;
  Shape shape{rows, row};
  if (std::to_integer<int>(bytes[2]) >= 128) shape = {1, rows, row};
  if (std::to_integer<int>(bytes[2]) >= 192) shape = {1, rows, row, 40};
  const TensorSpec spec{"x", *dtype, shape};
  // Memory of the very size, so that AddressSanitizer sees what reads on.
  const std::size_t size = bytes.size() - 4;
  const std::shared_ptr<std::byte[]> wire(new std::byte[size]);
  std::copy(bytes.begin() + 4, bytes.end(), wire.get());

  const Result<Tensor> tensor = decode(*codec, spec, std::shared_ptr<const std::byte>(wire, wire.get()), size);
  const SizeRange sizes = encoded_size(*codec, spec);
  if (!sizes.holds(size) && tensor) std::abort();
  if (sizes.holds(size) && !tensor && !plan::is_of_steps(*codec)) std::abort();
  if (tensor) encode_again(*codec, spec, *tensor);
  if (plan::is_of_steps(*codec) && sizes.holds(size)) decode_against_another(*codec, spec, {wire, wire.get()}, size);
}

}  // namespace tideline::codec
