#include "bench/features/loss.h"

#include "runtime/task/detect.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tideline {
namespace {

constexpr float kLeastOverlap = 0.5F;

float area(const task::Box& box) {
  return std::max(0.0F, box.x_max - box.x_min) * std::max(0.0F, box.y_max - box.y_min);
}

// The area of both over that of either.
float overlap(const task::Box& a, const task::Box& b) {
  const float both = area({.x_min = std::max(a.x_min, b.x_min),
                           .y_min = std::max(a.y_min, b.y_min),
                           .x_max = std::min(a.x_max, b.x_max),
                           .y_max = std::min(a.y_max, b.y_max)});
  return both / (area(a) + area(b) - both);
}

struct Matches {
  double agreement = 1;
  double error = 0;
};

// Matches each wanted box, the best first, with the box that overlaps it most.
Matches match(const std::vector<task::Box>& wanted, std::vector<task::Box> given) {
  const auto all = static_cast<double>(wanted.size() + given.size());
  double matched = 0, error = 0;
  for (const task::Box& box : wanted) {
    const auto fit = [&box](const task::Box& other) { return other.label == box.label ? overlap(box, other) : 0; };
    const auto best = std::ranges::max_element(given, {}, fit);
    const bool found = best != given.end() && fit(*best) >= kLeastOverlap;
    error = std::max(error, std::abs(static_cast<double>(box.score) - (found ? best->score : 0)));
    if (!found) continue;
    ++matched;
    given.erase(best);
  }
  for (const task::Box& box : given) error = std::max(error, static_cast<double>(box.score));
  return {all > 0 ? 2 * matched / all : 1, error};
}

}  // namespace

Result<void> Loss::add(std::span<const Tensor> wanted, std::span<const Tensor> given) {
  ++photos_;
  if (task_->detector) {
    const auto ours = task::detect(*task_->detector, wanted, 0);
    if (!ours) return ours.error();
    const auto theirs = task::detect(*task_->detector, given, 0);
    if (!theirs) return theirs.error();
    const Matches matches = match(*ours, *theirs);
    agreement_ += matches.agreement;
    error_ = std::max(error_, matches.error);
    return {};
  }
  engine::Comparison comparison;
  comparison.add(wanted, given);
  agreement_ += comparison.agreement().top1;
  error_ = std::max(error_, comparison.agreement().max_error);
  return {};
}

nlohmann::json Loss::told() const {
  return {{"top1", agreement_ / photos_}, {"error", error_}};
}

}  // namespace tideline
