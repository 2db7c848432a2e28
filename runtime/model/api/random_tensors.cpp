#include "runtime/model/api/model.h"
#include "runtime/model/zoo/normal.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace tideline::model {
namespace {

constexpr std::uint64_t kWholeNumbers = 8;

// Rounds to nearest, ties to even, like the processor. REQUIRES: |value| < 65504.
std::uint16_t to_fp16(float value) {
  const auto sign = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16 & 0x8000);
  const float magnitude = std::fabs(value);
  if (magnitude < 0x1p-14F) {  // Subnormal: its unit, 2^-24, is that of a float in [0.5, 1).
    return sign | static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(magnitude + 0.5F) & 0x7ff);
  }
  const auto bits = std::bit_cast<std::uint32_t>(magnitude);
  const auto rounded = (bits + 0xfff + (bits >> 13 & 1)) >> 13;
  return sign | static_cast<std::uint16_t>(rounded - (112U << 10));
}

std::uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

template <typename T>
void store(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

void store_next(zoo::Normal& numbers, DType dtype, std::byte* at) {
  switch (dtype) {
    case DType::fp32:
      return store(at, static_cast<float>(numbers.next()));
    case DType::fp64:
      return store(at, numbers.next());
    case DType::fp16:
      return store(at, to_fp16(static_cast<float>(numbers.next())));
    case DType::bf16:
      return store(at, to_bf16(static_cast<float>(numbers.next())));
    case DType::boolean:
      return store(at, static_cast<std::uint8_t>(numbers.whole(2)));
    case DType::int8:
    case DType::uint8:
      return store(at, static_cast<std::uint8_t>(numbers.whole(kWholeNumbers)));
    case DType::int16:
      return store(at, static_cast<std::uint16_t>(numbers.whole(kWholeNumbers)));
    case DType::int32:
      return store(at, static_cast<std::uint32_t>(numbers.whole(kWholeNumbers)));
    case DType::int64:
      return store(at, numbers.whole(kWholeNumbers));
  }
}

}  // namespace

std::vector<Tensor> random_tensors(std::span<const TensorSpec> specs, std::uint64_t seed) {
  zoo::Normal numbers(seed);
  std::vector<Tensor> tensors;
  for (const auto& spec : at_batch(specs, 1)) {
    const auto bytes = byte_count(spec.dtype, spec.shape);
    const std::size_t size = bytes ? bytes->count : 0;
    const auto memory = aligned_bytes(size);
    for (std::size_t at = 0; at < size; at += size_of(spec.dtype)) store_next(numbers, spec.dtype, memory.get() + at);
    tensors.emplace_back(spec.dtype, spec.shape, memory, size);
  }
  return tensors;
}

}  // namespace tideline::model
