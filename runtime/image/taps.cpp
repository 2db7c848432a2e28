#include "runtime/image/taps.h"

#include <algorithm>
#include <cmath>

namespace tideline::image {
namespace {

double triangle(double x) {
  return std::max(0.0, 1.0 - std::abs(x));
}

// Adds a half and cuts off, as Pillow does: lround() differs where the sum itself is rounded.
std::int32_t nearest(double x) {
  const double above = x + 0.5;
  return static_cast<std::int32_t>(above);
}

std::int32_t fixed(double weight) {
  return nearest(weight * (1 << kTapBits));
}

// Appends the weights of `count` pixels from `from` on, which add up to one.
void add_weights(Taps& taps, const Tap& tap, double centre, double stretch, std::vector<double>& shares) {
  shares.clear();
  double sum = 0;
  for (std::int32_t i = 0; i < tap.count; ++i) {
    shares.push_back(triangle((i + tap.from - centre + 0.5) * (1.0 / stretch)));
    sum += shares.back();
  }
  for (const double share : shares) taps.weights.push_back(fixed(sum == 0 ? share : share / sum));
}

}  // namespace

// The operations and their order are Pillow's: so are the weights, to the last bit.
Taps taps_of(const Line& line) {
  const double scale = line.length / line.resized;
  const double stretch = std::max(scale, 1.0);
  Taps taps;
  std::vector<double> shares;
  for (std::int32_t i = 0; i < line.count; ++i) {
    const double centre = line.begin + (line.first + i + 0.5) * scale;
    const std::int32_t from = std::max(0, nearest(centre - stretch));
    const std::int32_t to = std::min(line.size, nearest(centre + stretch));
    const Tap tap{from, to - from, taps.weights.size()};
    add_weights(taps, tap, centre, stretch, shares);
    taps.pixels.push_back(tap);
  }
  return taps;
}

}  // namespace tideline::image
