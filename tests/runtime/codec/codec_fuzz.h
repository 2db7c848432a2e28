// What must hold for any bytes that come as a tensor: the fuzzer tries them, and a test replays its corpus.
#pragma once

#include "runtime/codec/codec.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace tideline {

// The first bytes choose codec, type and shape; the rest is the wire.
inline void decode_any_tensor(std::span<const std::byte> bytes) {
  if (bytes.size() < 5) return;
  const Result<Codec> codec = codec_from_wire(std::to_integer<std::uint8_t>(bytes[0]));
  const Result<DType> dtype = dtype_from_wire(std::to_integer<std::uint8_t>(bytes[1]));
  if (!codec || !dtype) return;
  const TensorSpec spec{"x", *dtype, {std::to_integer<int>(bytes[2]) + 1, std::to_integer<int>(bytes[3]) + 1}};
  const std::span<const std::byte> wire = bytes.subspan(4);
  const Tensor aligned = Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(wire.size())}, wire);

  const Result<Tensor> tensor = decode(*codec, spec, aligned.data(), wire.size());
  const bool fits = wire.size() == encoded_size(*codec, spec).count;
  if (fits != static_cast<bool>(tensor)) std::abort();
  if (!tensor) return;
  // What came through once is what comes through again.
  const Tensor again = encode(*codec, *tensor);
  const Result<Tensor> twice = decode(*codec, spec, again.data(), again.bytes().size());
  if (!twice || !identical(*twice, *tensor)) std::abort();
}

}  // namespace tideline
