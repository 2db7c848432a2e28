#include "policy/estimate/slowdown.h"

#include <algorithm>
#include <cmath>

namespace tideline::estimate {
namespace {

constexpr double kWalk = 0.05;       // q: variance of ln(slowdown) gained per second, for at most kLongest.
constexpr double kLongest = 5;       // Seconds.
constexpr double kReading = 0.01;    // Smallest and first r.
constexpr double kLearnt = 0.03;     // Share of r that is learnt from each reading.
constexpr double kSlice = 0.003;     // Seconds that a part may wait for a CPU.
constexpr double kFades = 20;        // tau, in seconds.
constexpr double kMostBelieved = 3;  // Standard deviations.
constexpr double kShortest = 0.0002;
constexpr double kMostResidual = 1.609;  // ln(5)

}  // namespace

void Slowdown::update(std::uint32_t cut, Duration measured, Duration table, TimePoint at) {
  const double expected = seconds(table), took = seconds(measured);
  if (expected < kShortest || took <= 0) return;
  Residual& own = residuals_.try_emplace(cut, Residual{0, prior_.own, kReading}).first->second;
  const bool is_first = !last_;
  const double gone = last_ ? std::max(0.0, seconds(at - *last_)) : 0;
  last_ = last_ ? std::max(*last_, at) : at;
  variance_ += kWalk * std::min(gone, kLongest);
  fade(gone);
  const double alone = is_first ? 0 : own.variance;
  const double waits = kSlice / expected;
  const double noise = alone + own.noise + waits * waits;
  const double off = std::log(took / expected) - common_ - own.mean;
  const double error = believed(off, std::sqrt(variance_ + noise));
  const double sum = variance_ + noise;
  common_ += variance_ / sum * error;
  own.mean = std::clamp(own.mean + alone / sum * error, -kMostResidual, kMostResidual);
  variance_ *= noise / sum;
  own.variance *= 1 - alone / sum;
  own.noise = std::max(kReading, own.noise + kLearnt * (error * error - sum));
}

// Accepts a step and makes the common factor as uncertain as the step is large.
double Slowdown::believed(double error, double sd) {
  const double most = kMostBelieved * sd;
  const int side = error > sd ? 1 : error < -sd ? -1 : 0;
  const bool step = side != 0 && side == wild_;
  wild_ = std::abs(error) > most || step ? side : 0;
  if (step) variance_ += error * error;
  return step ? error : std::clamp(error, -most, most);
}

void Slowdown::fade(double gone) {
  const double left = std::exp(-gone / kFades);
  for (auto& [cut, residual] : residuals_) {
    residual.mean *= left;
    residual.variance = prior_.own + left * left * (residual.variance - prior_.own);
  }
}

std::optional<double> Slowdown::at_least(std::uint32_t cut, Duration so_far, Duration table) const {
  const double expected = seconds(table), took = seconds(so_far) - kMostBelieved * kSlice;
  if (expected < 2 * kSlice || took <= 0) return std::nullopt;
  const auto found = residuals_.find(cut);
  const double noise = found == residuals_.end() ? kReading : found->second.noise;
  return took / expected / std::exp(kMostBelieved * std::sqrt(noise));
}

std::optional<double> Slowdown::value() const {
  if (!last_) return std::nullopt;
  return std::exp(common_);
}

std::vector<double> Slowdown::residuals() const {
  if (residuals_.empty()) return {};
  std::vector<double> all(residuals_.rbegin()->first + 1, 1.0);
  for (const auto& [cut, residual] : residuals_) all[cut] = std::exp(residual.mean);
  return all;
}

}  // namespace tideline::estimate
