#include "policy/slowdown.h"

#include <algorithm>
#include <cmath>

namespace tideline {
namespace {

constexpr double kWalk = 0.5;       // q: variance of ln(slowdown) gained per second, for at most the next.
constexpr double kLongest = 5;      // Seconds.
constexpr double kReading = 0.003;  // r
constexpr double kTimer = 0.0005;   // Seconds that a run's time is unsure by.
constexpr double kShortest = 0.0002;
constexpr double kMostResidual = 0.405;  // ln(1.5)

}  // namespace

void HeadSlowdown::update(std::uint32_t cut, Duration measured, Duration table, TimePoint at) {
  const double expected = seconds(table), took = seconds(measured);
  if (expected < kShortest || took <= 0) return;
  Residual& own = residuals_[cut];
  if (!last_) {
    common_ = std::log(took / expected);
    last_ = at;
    return;
  }
  const double gone = std::clamp(seconds(at - *last_), 0.0, kLongest);
  last_ = std::max(*last_, at);
  variance_ += kWalk * gone;
  const double timer = kTimer / expected;
  const double sum = variance_ + own.variance + kReading + timer * timer;
  const double error = std::log(took / expected) - common_ - own.mean;
  const double to_common = variance_ / sum, to_own = own.variance / sum;
  common_ += to_common * error;
  own.mean = std::clamp(own.mean + to_own * error, -kMostResidual, kMostResidual);
  variance_ *= 1 - to_common;
  own.variance *= 1 - to_own;
}

std::optional<double> HeadSlowdown::value() const {
  if (!last_) return std::nullopt;
  return std::exp(common_);
}

HeadResiduals HeadSlowdown::residuals() const {
  if (residuals_.empty()) return {};
  HeadResiduals all(residuals_.rbegin()->first + 1, 1.0);
  for (const auto& [cut, residual] : residuals_) all[cut] = std::exp(residual.mean);
  return all;
}

}  // namespace tideline
