#include "policy/estimate/block.h"

#include <algorithm>

namespace tideline::estimate {
namespace {

constexpr std::size_t kMostReadings = 512;

// REQUIRES: there is a reading. Changes their order.
double quantile_of(std::vector<double>& readings, double quantile) {
  const auto place = static_cast<std::ptrdiff_t>(quantile * static_cast<double>(readings.size() - 1));
  std::ranges::nth_element(readings, readings.begin() + place);
  return readings[static_cast<std::size_t>(place)];
}

}  // namespace

std::optional<double> Block::add(double reading, TimePoint at) {
  std::optional<double> complete;
  if (!readings_.empty() && at - began_ >= design_.span && readings_.size() >= design_.fewest) {
    complete = quantile_of(readings_, design_.quantile);
    readings_.clear();
  }
  if (readings_.empty()) began_ = at;
  if (readings_.size() < kMostReadings) readings_.push_back(reading);
  return complete;
}

}  // namespace tideline::estimate
