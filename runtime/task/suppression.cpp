#include "runtime/task/suppression.h"

#include <opencv2/dnn/dnn.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <span>

namespace tideline::task {
namespace {

// Returns those that remain, in order. REQUIRES: they are of one class, best first. The scores that OpenCV gets are
// only the order: it passes over those that are not positive.
std::vector<Box> remaining(std::span<const Box> boxes, float max_overlap) {
  std::vector<cv::Rect2d> places;
  std::vector<float> scores;
  places.reserve(boxes.size());
  scores.reserve(boxes.size());
  for (const Box& box : boxes) {
    const double x = box.x_min, y = box.y_min;
    places.emplace_back(x, y, box.x_max - x, box.y_max - y);
    scores.push_back(static_cast<float>(boxes.size() - scores.size()));
  }
  std::vector<int> indices;
  cv::dnn::NMSBoxes(places, scores, 0, max_overlap, indices);
  std::vector<Box> remain;
  remain.reserve(indices.size());
  for (const int index : indices) remain.push_back(boxes[static_cast<std::size_t>(index)]);
  return remain;
}

// Goes by parts, and stops as soon as enough remain: what comes later cannot remove what has remained.
std::vector<Box> best_remaining(std::span<const Box> boxes, float max_overlap, std::size_t most) {
  std::vector<Box> remain;
  while (!boxes.empty() && remain.size() < most) {
    const std::span<const Box> part = boxes.first(std::min(boxes.size(), most));
    boxes = boxes.subspan(part.size());
    remain.insert(remain.end(), part.begin(), part.end());
    remain = remaining(remain, max_overlap);
  }
  return remain;
}

bool is_better(const Box& a, const Box& b) {
  return a.score > b.score;
}

}  // namespace

Result<std::vector<Box>> without_overlaps(std::vector<Box> boxes, float max_overlap, std::size_t most) try {
  std::ranges::stable_sort(
      boxes, [](const Box& a, const Box& b) { return a.label != b.label ? a.label < b.label : is_better(a, b); });
  std::vector<Box> remain;
  for (std::span<const Box> left = boxes; !left.empty();) {
    const auto end = std::ranges::find_if(left, [&](const Box& box) { return box.label != left.front().label; });
    const auto size = static_cast<std::size_t>(end - left.begin());
    std::ranges::move(best_remaining(left.first(size), max_overlap, most), std::back_inserter(remain));
    left = left.subspan(size);
  }
  std::ranges::stable_sort(remain, is_better);
  if (remain.size() > most) remain.resize(most);
  return remain;
} catch (const std::exception& fault) {
  return error(ErrorKind::internal, "cannot remove overlapping boxes: {}; report this", fault.what());
}

}  // namespace tideline::task
