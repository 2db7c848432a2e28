#include "policy/predict/slow_start.h"

#include <algorithm>
#include <cmath>

namespace tideline::predict {

int extra_rounds(Bytes size, Bytes window) {
  const double windows = static_cast<double>(size.count) / static_cast<double>(window.count);
  return std::max(0, static_cast<int>(std::ceil(std::log2(windows + 1))) - 1);
}

Duration slow_start_time(Bytes size, const LinkPath& way) {
  const double full = std::min(way.rate.value / 8 * seconds(way.rtt), 1e15);
  if (way.window.count == 0 || !(full > static_cast<double>(way.window.count))) return {};
  return extra_rounds(std::min(size, Bytes{static_cast<std::uint64_t>(full)}), way.window) * way.rtt;
}

}  // namespace tideline::predict
