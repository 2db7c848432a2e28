#include "policy/plan/accuracy.h"

#include "runtime/base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tideline::plan {
namespace {

constexpr double kNormal975 = 1.959963984540054;  // The 97.5 % quantile of the standard normal distribution.

}  // namespace

// (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n). The ends are exact where no or every trial succeeded.
ShareInterval interval_of(const Counted& counted) {
  const double n = static_cast<double>(counted.of), p = counted.share(), z = kNormal975;
  const double middle = p + z * z / (2 * n), scale = 1 + z * z / n;
  const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return {counted.hits == 0 ? 0 : std::max(0.0, (middle - reach) / scale),
          counted.hits == counted.of ? 1 : std::min(1.0, (middle + reach) / scale)};
}

std::string to_string(const Counted& counted) {
  const ShareInterval interval = interval_of(counted);
  return fmt::format("{} ({} to {}) of {}", share_to_string(counted.share()), share_to_string(interval.low),
                     share_to_string(interval.high), counted.of);
}

}  // namespace tideline::plan
