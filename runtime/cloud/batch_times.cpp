#include "runtime/cloud/batch_times.h"

#include <algorithm>
#include <bit>

namespace tideline::cloud {
namespace {

constexpr double kNewest = 0.2;         // Weight of the newest run in the mean.
constexpr double kPays = 0.97;          // A size pays if each request takes less than this share of the time.
constexpr std::uint32_t kTriedFor = 3;  // Runs until a size is known.
constexpr std::size_t kUnpaid = 2;      // A size that does not pay may lie between two that do.
constexpr std::uint32_t kLookEvery = 64;

std::size_t exponent(std::size_t together) {
  return static_cast<std::size_t>(std::bit_width(together)) - 1;
}

}  // namespace

void BatchTimes::on_run(std::size_t together, Duration took) {
  static_assert(std::size_t{1} << (std::tuple_size_v<decltype(by_size_)> - 1) == kMostTogether);
  Measured& measured = by_size_[exponent(together)];
  ++runs_;
  ++measured.runs;
  if (measured.runs == 1) return;
  const double newest = std::max(kNewest, 1.0 / (measured.runs - 1));
  measured.seconds += newest * (seconds(took) - measured.seconds);
}

std::optional<double> BatchTimes::each(std::size_t size) const {
  const Measured& measured = by_size_[size];
  if (measured.runs <= kTriedFor) return std::nullopt;
  return measured.seconds / static_cast<double>(std::size_t{1} << size);
}

std::size_t BatchTimes::choose(std::size_t waiting) const {
  const std::size_t largest = exponent(std::clamp<std::size_t>(waiting, 1, kMostTogether));
  std::size_t best = 0;
  for (std::size_t size = 1; size <= largest && each(best); ++size) {
    const auto known = each(size);
    if (!known && size > best + kUnpaid) break;
    if (!known) return std::size_t{1} << size;
    if (*known < kPays * *each(best)) best = size;
  }
  // The next size gets another chance, in case other work disturbed its measurement.
  if (runs_ % kLookEvery == 0 && best < largest && each(best)) ++best;
  return std::size_t{1} << best;
}

std::optional<Duration> BatchTimes::time(std::size_t together) const {
  const Measured& measured = by_size_[exponent(together)];
  if (measured.runs < 2) return std::nullopt;
  return from_seconds(measured.seconds);
}

}  // namespace tideline::cloud
