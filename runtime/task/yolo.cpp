#include "runtime/task/yolo.h"

#include <algorithm>
#include <array>
#include <limits>

namespace tideline::task {
namespace {

constexpr std::int64_t kCoordinates = 4;   // Centre, width and height.
constexpr std::int64_t kBoxesPerCell = 3;  // Of YOLOv5; later ones have one.

// Returns true iff that is the number of cells of the usual strides, of those with an extra fine one (P2), or of those
// with an extra coarse one (P6).
bool are_all_cells(const Shapes& shapes, std::int64_t count) {
  const std::int64_t usual = cells(shapes, 8) + cells(shapes, 16) + cells(shapes, 32);
  return count == usual || count == usual + cells(shapes, 4) || count == usual + cells(shapes, 64);
}

Box around(float x, float y, float width, float height, Best best) {
  return {x - width / 2, y - height / 2, x + width / 2, y + height / 2, best.score, best.label};
}

// Returns the best class of each box. The scores of one class lie together, so this goes by class.
std::vector<Best> best_classes(std::span<const float> scores, std::size_t boxes) {
  std::vector<Best> best(boxes, {-std::numeric_limits<float>::infinity(), -1});
  for (std::size_t first = 0; first < scores.size(); first += boxes)
    for (std::size_t i = 0; i < boxes; ++i)
      if (scores[first + i] > best[i].score) best[i] = {scores[first + i], static_cast<std::int32_t>(first / boxes)};
  return best;
}

}  // namespace

// YOLOv5 may return what its box was made of, too: a map [N,3,h,w,5+classes] per stride.
std::optional<std::size_t> yolov5_classes(const Shapes& shapes) {
  if (shapes.outputs.empty() || !is_map(shapes.outputs[0], 3)) return std::nullopt;
  const std::int64_t boxes = shapes.outputs[0].shape[1], row = shapes.outputs[0].shape[2];
  const bool raw = std::ranges::all_of(shapes.outputs.subspan(1), [row](const TensorSpec& spec) {
    return is_map(spec, 5) && spec.shape[1] == kBoxesPerCell && spec.shape[4] == row;
  });
  if (!raw || row <= kCoordinates + 1 || boxes % kBoxesPerCell != 0) return std::nullopt;
  if (!are_all_cells(shapes, boxes / kBoxesPerCell)) return std::nullopt;
  return static_cast<std::size_t>(row - kCoordinates - 1);
}

std::optional<std::size_t> yolov8_classes(const Shapes& shapes) {
  if (shapes.outputs.size() != 1 || !is_map(shapes.outputs[0], 3)) return std::nullopt;
  const std::int64_t rows = shapes.outputs[0].shape[1], boxes = shapes.outputs[0].shape[2];
  if (rows <= kCoordinates || !are_all_cells(shapes, boxes)) return std::nullopt;
  return static_cast<std::size_t>(rows - kCoordinates);
}

std::vector<Box> yolov5_boxes(const Outputs& outputs) {
  const std::span<const float> numbers = numbers_of(outputs.tensors[0], outputs.image);
  const std::size_t size = size_at(outputs.tensors[0], 2);
  Candidates found(outputs.min_score);
  for (std::size_t first = 0; first < numbers.size(); first += size) {
    const std::span<const float> row = numbers.subspan(first, size);
    const float objectness = row[kCoordinates];
    if (!found.admits(objectness)) continue;
    Best best = best_of(row.subspan(kCoordinates + 1));
    best.score *= objectness;
    if (best.label >= 0) found.add(around(row[0], row[1], row[2], row[3], best));
  }
  return std::move(found).take();
}

std::vector<Box> yolov8_boxes(const Outputs& outputs) {
  const std::span<const float> numbers = numbers_of(outputs.tensors[0], outputs.image);
  const std::size_t boxes = size_at(outputs.tensors[0], 2);
  const std::vector<Best> best = best_classes(numbers.subspan(kCoordinates * boxes), boxes);
  Candidates found(outputs.min_score);
  for (std::size_t i = 0; i < boxes; ++i)
    if (found.admits(best[i].score))
      found.add(around(numbers[i], numbers[boxes + i], numbers[2 * boxes + i], numbers[3 * boxes + i], best[i]));
  return std::move(found).take();
}

}  // namespace tideline::task
