#include "policy/estimate/estimators.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tideline::estimate {
namespace {

constexpr double kLargestStep = 2;     // Largest step of ln(value) by one reading.
constexpr double kHalfForgotten = 60;  // Seconds until half is forgotten.
constexpr double kLeastWeight = 0.02;
constexpr double kUnknown = 1;      // Variance of ln(value) if only a lower bound is known.
constexpr double kSameReading = 2;  // Standard deviations of a reading.

}  // namespace

void LogKalman::update(double reading, TimePoint at) {
  if (!std::isfinite(reading) || reading <= 0) return;
  const double y = std::log(reading);
  bound_ = false;
  if (!last_) {
    x_ = usual_ = y;
    p_ = noise_.reading;
    last_ = at;
    return;
  }
  const double dt = pass_until(at);
  usual_ += std::max(kLeastWeight, 1 - std::exp2(-dt / kHalfForgotten)) * (y - usual_);
  const double variance = p_ + noise_.reading;
  const double gain = variance > 0 ? p_ / variance : 1;
  const double off = y - x_;
  const int wild = off > kLargestStep ? 1 : off < -kLargestStep ? -1 : 0;
  const bool step = wild != 0 && wild == std::exchange(wild_, wild);
  x_ += gain * (step ? off : std::clamp(off, -kLargestStep, kLargestStep));
  p_ *= 1 - gain;
}

// Another thread may deliver an older reading. It counts as simultaneous with the last one.
double LogKalman::pass_until(TimePoint at) {
  const double dt = std::max(0.0, seconds(at - *last_));
  p_ += noise_.walk * dt;
  last_ = std::max(*last_, at);
  return dt;
}

void LogKalman::update_at_least(double reading, TimePoint at) {
  if (!std::isfinite(reading) || reading <= 0) return;
  const double over = last_ ? std::log(reading) - x_ : 0;
  if (over < -kSameReading * std::sqrt(noise_.reading)) return;
  if (last_ && over <= 0) {
    pass_until(at);
  } else {
    const bool first = !last_;
    update(reading, at);
    if (first) p_ += kUnknown;
  }
  bound_ = true;
}

std::optional<double> LogKalman::sd(TimePoint at) const {
  if (!last_) return std::nullopt;
  return std::sqrt(p_ + noise_.walk * std::max(0.0, seconds(at - *last_)));
}

std::optional<double> LogKalman::usual() const {
  if (!last_) return std::nullopt;
  return std::exp(usual_);
}

std::optional<double> LogKalman::value() const {
  if (!last_) return std::nullopt;
  return std::exp(x_);
}

}  // namespace tideline::estimate
