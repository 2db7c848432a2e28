// This file is compiled once for each set of vector instructions; the program picks the processor's best set at run
// time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/model/kernels/fp16_numbers.cpp"
#include "runtime/model/kernels/fp16_numbers.h"

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <type_traits>

HWY_BEFORE_NAMESPACE();
namespace tideline::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Fp16 = hwy::float16_t;

template <typename D>
HWY_INLINE hn::Vec<D> load(D d, const float* from) {
  return hn::LoadU(d, from);
}

template <typename D>
HWY_INLINE hn::Vec<D> load(D d, const Fp16* from) {
  return hn::PromoteTo(d, hn::LoadU(hn::Rebind<Fp16, D>(), from));
}

template <typename D>
HWY_INLINE void store(D d, hn::Vec<D> numbers, float* to) {
  hn::StoreU(numbers, d, to);
}

template <typename D>
HWY_INLINE void store(D /*d*/, hn::Vec<D> numbers, Fp16* to) {
  const hn::Rebind<Fp16, D> half;
  hn::StoreU(hn::DemoteTo(half, numbers), half, to);
}

template <typename Number, typename D>
HWY_INLINE bool all_fit(D d, hn::Vec<D> numbers) {
  return !std::is_same_v<Number, Fp16> || hn::AllTrue(d, hn::Le(hn::Abs(numbers), hn::Set(d, kMostFp16)));
}

// Comparisons with NaN are false, so NaN is never replaced.
template <typename From, typename To, typename D>
HWY_INLINE bool settle_lanes(D d, const From* from, bool adds, ClipLimits limits, To* to) {
  auto numbers = load(d, from);
  const bool fitted = all_fit<From>(d, numbers);
  if (adds) numbers = hn::Add(numbers, load(d, to));
  const auto low = hn::Set(d, limits.low), high = hn::Set(d, limits.high);
  numbers = hn::IfThenElse(hn::Lt(numbers, low), low, numbers);
  numbers = hn::IfThenElse(hn::Gt(numbers, high), high, numbers);
  store(d, numbers, to);
  return fitted && all_fit<To>(d, numbers);
}

template <typename From, typename To>
HWY_INLINE bool settle(const From* from, std::int64_t count, bool adds, ClipLimits limits, To* to) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  bool fit = true;
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) fit = settle_lanes(d, from + i, adds, limits, to + i) && fit;
  for (; i < count; ++i) fit = settle_lanes(hn::CappedTag<float, 1>(), from + i, adds, limits, to + i) && fit;
  return fit;
}

bool narrow_numbers(const float* from, std::int64_t count, void* to) {
  return settle(from, count, false, kNoLimits, static_cast<Fp16*>(to));
}

bool settle_halves(const void* from, std::int64_t count, bool adds, ClipLimits limits, void* to) {
  return settle(static_cast<const Fp16*>(from), count, adds, limits, static_cast<Fp16*>(to));
}

bool settle_floats(const void* from, std::int64_t count, bool adds, ClipLimits limits, float* to) {
  return settle(static_cast<const Fp16*>(from), count, adds, limits, to);
}

}  // namespace
}  // namespace tideline::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tideline::kernels {

HWY_EXPORT(narrow_numbers);
HWY_EXPORT(settle_halves);
HWY_EXPORT(settle_floats);

bool to_fp16(const float* from, std::int64_t count, void* to) {
  return HWY_DYNAMIC_DISPATCH(narrow_numbers)(from, count, to);
}

bool to_fp32(const void* from, std::int64_t count, float* to) {
  return HWY_DYNAMIC_DISPATCH(settle_floats)(from, count, false, kNoLimits, to);
}

bool settle_in_fp16(const void* from, std::int64_t count, bool adds, ClipLimits limits, void* to) {
  return HWY_DYNAMIC_DISPATCH(settle_halves)(from, count, adds, limits, to);
}

bool settle_in_fp32(const void* from, std::int64_t count, bool adds, ClipLimits limits, float* to) {
  return HWY_DYNAMIC_DISPATCH(settle_floats)(from, count, adds, limits, to);
}

}  // namespace tideline::kernels
#endif
