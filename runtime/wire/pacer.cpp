#include "runtime/wire/pacer.h"

#include <algorithm>
#include <cmath>

namespace tideline::wire {
namespace {

constexpr double kMtu = 1500;
constexpr Duration kPiece = std::chrono::milliseconds(2);
constexpr Duration kLateness = std::chrono::milliseconds(10);

}  // namespace

double Pacer::piece() const {
  return std::floor(std::max(kMtu, worth(kPiece)));
}

void Pacer::earn(TimePoint now) {
  if (rate_ && now > at_) bytes_ = std::min(bytes_ + worth(now - at_), std::max(piece(), worth(kLateness)));
  at_ = std::max(at_, now);
}

void Pacer::set_rate(std::optional<BitsPerSecond> rate, TimePoint now) {
  earn(now);
  if (!rate_) bytes_ = 0;
  rate_ = rate;
}

void Pacer::wake(TimePoint now) {
  earn(now);
  if (rate_) bytes_ = std::min(bytes_, piece());
}

std::size_t Pacer::take(std::size_t wanted, TimePoint now) {
  if (!rate_) return wanted;
  earn(now);
  const double next = std::min(piece(), static_cast<double>(wanted));
  if (bytes_ < next) return 0;
  bytes_ -= next;
  return static_cast<std::size_t>(next);
}

void Pacer::give_back(std::size_t bytes) {
  bytes_ += static_cast<double>(bytes);
}

TimePoint Pacer::ready_at(std::size_t wanted, TimePoint now) const {
  const double missing = std::min(piece(), static_cast<double>(wanted)) - bytes_;
  return now + std::max(Duration(1), from_seconds(missing * 8 / rate_->value));
}

}  // namespace tideline::wire
