// This file is compiled once for each set of vector instructions; the program picks the processor's best set at run
// time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/codec/int8_vectors.cpp"
#include "runtime/codec/byte_orders.h"
#include "runtime/codec/int8_kernels.h"

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <bit>

HWY_BEFORE_NAMESPACE();
namespace tideline::codec::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;
using Ints = hn::RebindToSigned<Floats>;
using Codes = hn::Rebind<std::uint8_t, Floats>;  // As many lanes as Floats.

// Calls `step` with the start of each vector. The last vector may overlap the one before it: every operation here may
// run twice on the same number. REQUIRES: there is at least one vector.
template <typename Step>
HWY_INLINE void each_vector(std::size_t count, Step step) {
  const std::size_t lanes = hn::Lanes(Floats());
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) step(i);
  if (i < count) step(count - lanes);
}

// A number times zero is NaN if it is not finite. Two independent accumulators avoid waiting for the previous vector.
Extent extent(std::span<const float> numbers) {
  const Floats d;
  if (numbers.size() < hn::Lanes(d)) return portable_kernels().extent(numbers);
  auto low = hn::LoadU(d, numbers.data()), high = low, nothing = hn::Zero(d);
  auto low2 = low, high2 = low, nothing2 = nothing;
  const auto look = [&](std::size_t i, auto& least, auto& most, auto& none) HWY_ATTR {
    const auto x = hn::LoadU(d, numbers.data() + i);
    least = hn::Min(least, x);
    most = hn::Max(most, x);
    none = hn::MulAdd(x, hn::Zero(d), none);
  };
  const std::size_t lanes = hn::Lanes(d), pairs = numbers.size() / (2 * lanes) * (2 * lanes);
  for (std::size_t i = 0; i < pairs; i += 2 * lanes) {
    look(i, low, high, nothing);
    look(i + lanes, low2, high2, nothing2);
  }
  if (pairs + lanes <= numbers.size()) look(pairs, low, high, nothing);
  look(numbers.size() - lanes, low2, high2, nothing2);
  low = hn::Min(low, low2);
  high = hn::Max(high, high2);
  nothing = hn::Add(nothing, nothing2);
  return {hn::GetLane(hn::MinOfLanes(d, low)), hn::GetLane(hn::MaxOfLanes(d, high)),
          hn::AllTrue(d, hn::Eq(nothing, nothing))};
}

void quantise(std::span<const float> numbers, Scale scale, std::uint8_t* codes) {
  const Floats d;
  if (numbers.size() < hn::Lanes(d)) return portable_kernels().quantise(numbers, scale, codes);
  const auto per_step = hn::Set(d, 1 / scale.step);
  const auto zero = hn::Set(Ints(), scale.zero);
  each_vector(numbers.size(), [&](std::size_t i) HWY_ATTR {
    const auto steps = hn::NearestInt(hn::Mul(hn::LoadU(d, numbers.data() + i), per_step));
    hn::StoreU(hn::DemoteTo(Codes(), hn::Add(steps, zero)), Codes(), codes + i);
  });
}

void restore(const std::uint8_t* codes, Scale scale, std::span<float> numbers) {
  const Floats d;
  if (numbers.size() < hn::Lanes(d)) return portable_kernels().restore(codes, scale, numbers);
  const auto step = hn::Set(d, scale.step);
  const auto zero = hn::Set(Ints(), scale.zero);
  each_vector(numbers.size(), [&](std::size_t i) HWY_ATTR {
    const auto steps = hn::Sub(hn::PromoteTo(Ints(), hn::LoadU(Codes(), codes + i)), zero);
    hn::StoreU(hn::Mul(hn::ConvertTo(d, steps), step), d, numbers.data() + i);
  });
}

#if HWY_TARGET != HWY_SCALAR  // Which has no vectors of bytes.

std::size_t mark(std::span<std::uint8_t> codes, std::uint8_t zero, std::uint8_t* bitmap) {
  const hn::ScalableTag<std::uint8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  hn::StoreU(hn::Set(d, zero), d, codes.data() + codes.size());  // For the part of the last vector beyond the end.
  std::size_t marked = 0;
  for (std::size_t i = 0; i < codes.size(); i += lanes) {
    const auto differs = hn::Ne(hn::LoadU(d, codes.data() + i), hn::Set(d, zero));
    hn::StoreMaskBits(d, differs, bitmap + i / 8);
    marked += hn::CountTrue(d, differs);
  }
  return marked;
}

using Eight = hn::CappedTag<std::uint8_t, 8>;

void pack(std::span<const std::uint8_t> codes, std::uint8_t zero, const std::uint8_t* bitmap, std::uint8_t* packed) {
  const Eight d;
  for (std::size_t i = 0; i < codes.size(); i += 8) {
    const unsigned bits = bitmap[i / 8];
    const auto eight = hn::Sub(hn::LoadU(d, codes.data() + i), hn::Set(d, zero));
    hn::StoreU(hn::TableLookupBytesOr0(eight, hn::LoadU(d, kTogether[bits].data())), d, packed);
    packed += std::popcount(bits);
  }
}

// Reads eight bytes at a time while there are as many; the portable kernel does the rest.
std::size_t unpack(std::span<const std::uint8_t> packed, std::uint8_t zero, const std::uint8_t* bitmap,
                   std::span<std::uint8_t> codes) {
  const Eight d;
  std::size_t i = 0, taken = 0;
  for (; i + 8 <= codes.size() && taken + 8 <= packed.size(); i += 8) {
    const unsigned bits = bitmap[i / 8];
    const auto eight = hn::LoadU(d, packed.data() + taken);
    const auto apart = hn::TableLookupBytesOr0(eight, hn::LoadU(d, kApart[bits].data()));
    hn::StoreU(hn::Add(apart, hn::Set(d, zero)), d, codes.data() + i);
    taken += static_cast<std::size_t>(std::popcount(bits));
  }
  return taken + portable_kernels().unpack(packed.subspan(taken), zero, bitmap + i / 8, codes.subspan(i));
}

#else

std::size_t mark(std::span<std::uint8_t> codes, std::uint8_t zero, std::uint8_t* bitmap) {
  return portable_kernels().mark(codes, zero, bitmap);
}

void pack(std::span<const std::uint8_t> codes, std::uint8_t zero, const std::uint8_t* bitmap, std::uint8_t* packed) {
  portable_kernels().pack(codes, zero, bitmap, packed);
}

std::size_t unpack(std::span<const std::uint8_t> packed, std::uint8_t zero, const std::uint8_t* bitmap,
                   std::span<std::uint8_t> codes) {
  return portable_kernels().unpack(packed, zero, bitmap, codes);
}

#endif

const Int8Kernels* kernels() {
  static constexpr Int8Kernels kKernels{extent, quantise, restore, mark, pack, unpack};
  return &kKernels;
}

}  // namespace
}  // namespace tideline::codec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tideline::codec {

HWY_EXPORT(kernels);

const Int8Kernels& vector_kernels() {
  return *HWY_DYNAMIC_DISPATCH(kernels)();
}

}  // namespace tideline::codec
#endif
