#include "runtime/engine/task_score.h"

#include "runtime/task/classify.h"
#include "runtime/task/detect.h"
#include "runtime/task/matching.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace tideline::engine {
namespace {

constexpr std::size_t kBestClasses = 5;
constexpr double kLeastIou = 0.5;

// Returns the place, from 0, of the first right class among the best ones; kBestClasses if none is right.
std::size_t place_of_right(std::span<const Tensor> outputs, const std::set<std::uint32_t>& classes) {
  if (outputs.empty()) return kBestClasses;
  const auto scores = task::scores_of(outputs.front(), 0);
  if (!scores) return kBestClasses;
  const std::vector<task::Class> best = task::top(*scores, kBestClasses, {});
  const auto right = std::ranges::find_if(best, [&](const task::Class& one) {
    return !std::isnan(one.score) && classes.contains(static_cast<std::uint32_t>(one.index));
  });
  return right == best.end() ? kBestClasses : static_cast<std::size_t>(right - best.begin());
}

void add_place(std::size_t place, std::uint32_t& top1, std::uint32_t& top5) {
  if (place == 0) ++top1;
  if (place < kBestClasses) ++top5;
}

}  // namespace

Result<void> TaskScore::add(std::span<const Tensor> wanted, std::span<const Tensor> given,
                            const std::set<std::uint32_t>& classes) {
  if (detector_) return add_boxes(wanted, given);
  if (classes.empty()) return {};
  ++accuracy_.labelled;
  add_place(place_of_right(given, classes), accuracy_.top1, accuracy_.top5);
  add_place(place_of_right(wanted, classes), accuracy_.whole_top1, accuracy_.whole_top5);
  return {};
}

Result<void> TaskScore::add_boxes(std::span<const Tensor> wanted, std::span<const Tensor> given) {
  const auto ours = task::detect(*detector_, wanted, 0);
  if (!ours) return ours.error();
  const auto theirs = task::detect(*detector_, given, 0);
  if (!theirs) return theirs.error();
  boxes_.hits += task::matched(*ours, *theirs, kLeastIou);
  boxes_.of += ours->size();
  return {};
}

std::optional<plan::Accuracy> TaskScore::accuracy() const {
  return accuracy_.labelled > 0 ? std::optional(accuracy_) : std::nullopt;
}

std::optional<plan::Counted> TaskScore::boxes() const {
  return boxes_.of > 0 ? std::optional(boxes_) : std::nullopt;
}

}  // namespace tideline::engine
