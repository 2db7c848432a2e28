#include "runtime/task/matching.h"

#include <algorithm>
#include <vector>

namespace tideline::task {
namespace {

double area_of(const Box& box) {
  const double width = static_cast<double>(box.x_max) - box.x_min, height = static_cast<double>(box.y_max) - box.y_min;
  return std::max(0.0, width) * std::max(0.0, height);
}

}  // namespace

double iou(const Box& a, const Box& b) {
  const double both = area_of({.x_min = std::max(a.x_min, b.x_min),
                               .y_min = std::max(a.y_min, b.y_min),
                               .x_max = std::min(a.x_max, b.x_max),
                               .y_max = std::min(a.y_max, b.y_max)});
  return both / (area_of(a) + area_of(b) - both);
}

std::size_t matched(std::span<const Box> wanted, std::span<const Box> given, double least) {
  std::vector<Box> left(given.begin(), given.end());
  std::size_t count = 0;
  for (const Box& box : wanted) {
    const auto fit = [&box](const Box& other) { return other.label == box.label ? iou(box, other) : -1; };
    const auto best = std::ranges::max_element(left, {}, fit);
    if (best == left.end() || fit(*best) < least) continue;
    left.erase(best);
    ++count;
  }
  return count;
}

}  // namespace tideline::task
