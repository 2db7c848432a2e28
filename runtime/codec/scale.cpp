#include "runtime/codec/scale.h"

#include <algorithm>
#include <cmath>

namespace tideline::codec {
namespace {

// 1 / step is a normal number up to this value.
constexpr float kLargestConstant = 0x1p125F;

}  // namespace

// Divides before subtracting, because the difference may overflow a float.
Scale scale_between(float low, float high, std::uint8_t top) {
  const float size = std::abs(low);
  if (low == high && size >= kLeastStep && size <= kLargestConstant)
    return {size, static_cast<std::uint8_t>(low < 0 ? 1 : 0), top};
  low = std::min(low, 0.0F);
  high = std::max(high, 0.0F);
  const auto levels = static_cast<float>(top);
  const float step = std::max(high / levels - low / levels, kLeastStep);
  const float zero = std::nearbyint(-low / step);
  return {step, static_cast<std::uint8_t>(std::min(zero, levels)), top};
}

bool may_overflow(const Scale& scale) {
  return !std::isfinite(scale.step * static_cast<float>(std::max<int>(scale.zero, 255 - scale.zero)));
}

}  // namespace tideline::codec
