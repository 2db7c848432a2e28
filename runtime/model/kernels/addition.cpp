// This file is compiled once for each set of vector instructions; the program picks the processor's best set at run
// time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/model/kernels/addition.cpp"
#include "runtime/model/kernels/addition.h"

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tideline::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Numbers = hn::ScalableTag<float>;

// Comparisons with NaN are false, so NaN is never replaced.
template <typename D>
HWY_INLINE hn::Vec<D> clipped(D d, hn::Vec<D> sum, ClipLimits limits) {
  const auto low = hn::Set(d, limits.low), high = hn::Set(d, limits.high);
  sum = hn::IfThenElse(hn::Lt(sum, low), low, sum);
  return hn::IfThenElse(hn::Gt(sum, high), high, sum);
}

void add_numbers(const float* from, std::int64_t count, ClipLimits limits, float* to) {
  const Numbers d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(clipped(d, hn::Add(hn::LoadU(d, from + i), hn::LoadU(d, to + i)), limits), d, to + i);
  const hn::CappedTag<float, 1> one;
  for (; i < count; ++i)
    hn::StoreU(clipped(one, hn::Add(hn::LoadU(one, from + i), hn::LoadU(one, to + i)), limits), one, to + i);
}

}  // namespace
}  // namespace tideline::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tideline::kernels {

HWY_EXPORT(add_numbers);

void add(const float* from, std::int64_t count, ClipLimits limits, float* to) {
  HWY_DYNAMIC_DISPATCH(add_numbers)(from, count, limits, to);
}

}  // namespace tideline::kernels
#endif
