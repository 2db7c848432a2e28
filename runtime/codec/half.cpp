#include "runtime/codec/half.h"

#include <bit>
#include <cstddef>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tideline::codec {
namespace {

constexpr std::uint32_t kFloatInfinity = 255U << 23;
constexpr std::uint32_t kHalfQuietNan = 0x7e00;
constexpr std::uint32_t kHalfInfinity = 0x7c00;
constexpr int kDropped = 23 - 10;  // Mantissa bits that a half does not have.

// Selects without a branch, so that compilers vectorise the loops.
inline std::uint32_t choose(bool condition, std::uint32_t yes, std::uint32_t no) {
  const std::uint32_t mask = 0U - static_cast<std::uint32_t>(condition);
  return (yes & mask) | (no & ~mask);
}

inline std::uint16_t half_of(float value) {
  constexpr std::uint32_t kTooBig = (127U + 16) << 23;          // 2^16, beyond every half.
  constexpr std::uint32_t kSmallestNormal = (127U - 14) << 23;  // 2^-14
  constexpr std::uint32_t kMagic = ((127U - 15) + kDropped + 1) << 23;
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t size = bits & 0x7fffffffU;

  // Adding a power of two whose last bit weighs 2^-24 makes the adder round subnormals.
  const float shifted = std::bit_cast<float>(size) + std::bit_cast<float>(kMagic);
  const std::uint32_t subnormal = std::bit_cast<std::uint32_t>(shifted) - kMagic;
  const std::uint32_t odd = (size >> kDropped) & 1;
  const std::uint32_t normal = (size - ((127U - 15) << 23) + 0xfff + odd) >> kDropped;
  const std::uint32_t nan = kHalfQuietNan | ((size >> kDropped) & 0x3ff);
  const std::uint32_t huge = choose(size > kFloatInfinity, nan, kHalfInfinity);
  const std::uint32_t small = choose(size < kSmallestNormal, subnormal, normal);
  return static_cast<std::uint16_t>(choose(size >= kTooBig, huge, small) | ((bits & 0x80000000U) >> 16));
}

inline float float_of(std::uint16_t half) {
  constexpr std::uint32_t kExponent = kHalfInfinity << kDropped;
  constexpr std::uint32_t kTwoToMinus14 = (127U - 14) << 23;
  const std::uint32_t size = (half & 0x7fffU) << kDropped;
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t normal = size + ((127U - 15) << 23);
  const std::uint32_t quiet = choose(size > kExponent, 1U << 22, 0);
  const std::uint32_t huge = (size + ((255U - 31) << 23)) | quiet;
  const float unbiased = std::bit_cast<float>(size + kTwoToMinus14) - std::bit_cast<float>(kTwoToMinus14);
  const std::uint32_t subnormal = std::bit_cast<std::uint32_t>(unbiased);
  const std::uint32_t finite = choose((size & kExponent) == 0, subnormal, normal);
  return std::bit_cast<float>(choose(size >= kExponent, huge, finite) | sign);
}

// Works on blocks of a fixed length: g++ vectorises these at -O2, but not loops of unknown length.
template <auto convert, typename From, typename To>
void in_blocks(std::span<const From> from, std::span<To> to) {
  constexpr std::size_t kBlock = 16;
  std::size_t i = 0;
  for (; i + kBlock <= from.size(); i += kBlock) {
    for (std::size_t j = 0; j < kBlock; ++j) to[i + j] = convert(from[i + j]);
  }
  for (; i < from.size(); ++i) to[i] = convert(from[i]);
}

#if defined(__x86_64__)
constexpr std::size_t kLanes = 8;

__attribute__((target("avx,f16c"))) std::size_t to_half_f16c(std::span<const float> from, std::uint16_t* to) {
  std::size_t i = 0;
  for (; i + kLanes <= from.size(); i += kLanes) {
    const __m128i halves = _mm256_cvtps_ph(_mm256_loadu_ps(from.data() + i), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), halves);
  }
  return i;
}

__attribute__((target("avx,f16c"))) std::size_t from_half_f16c(std::span<const std::uint16_t> from, float* to) {
  std::size_t i = 0;
  for (; i + kLanes <= from.size(); i += kLanes) {
    const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from.data() + i));
    _mm256_storeu_ps(to + i, _mm256_cvtph_ps(halves));
  }
  return i;
}

bool has_f16c() {
  return __builtin_cpu_supports("avx") && __builtin_cpu_supports("f16c");
}
#endif

}  // namespace

void to_half_portable(std::span<const float> from, std::span<std::uint16_t> to) {
  in_blocks<half_of>(from, to);
}

void from_half_portable(std::span<const std::uint16_t> from, std::span<float> to) {
  in_blocks<float_of>(from, to);
}

void to_half(std::span<const float> from, std::span<std::uint16_t> to) {
  std::size_t done = 0;
#if defined(__x86_64__)
  if (has_f16c()) done = to_half_f16c(from, to.data());
#endif
  to_half_portable(from.subspan(done), to.subspan(done));
}

void from_half(std::span<const std::uint16_t> from, std::span<float> to) {
  std::size_t done = 0;
#if defined(__x86_64__)
  if (has_f16c()) done = from_half_f16c(from, to.data());
#endif
  from_half_portable(from.subspan(done), to.subspan(done));
}

}  // namespace tideline::codec
