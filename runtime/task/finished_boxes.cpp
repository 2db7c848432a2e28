#include "runtime/task/finished_boxes.h"

#include <cmath>
#include <limits>

namespace tideline::task {
namespace {

constexpr std::int64_t kRow = 6;  // Corners, score and class.

// Returns the label that the number stands for; nothing unless it is a whole number below `classes`, if those are
// known.
std::optional<std::int32_t> label_of(float number, std::size_t classes) {
  const double most = classes > 0 ? static_cast<double>(classes) - 1 : std::numeric_limits<std::int32_t>::max();
  if (!(number >= 0 && number <= most) || number != std::trunc(number)) return std::nullopt;
  return static_cast<std::int32_t>(number);
}

}  // namespace

std::optional<std::size_t> finished_classes(const Shapes& shapes) {
  if (shapes.outputs.size() != 1 || !is_map(shapes.outputs[0], 3) || shapes.outputs[0].shape[2] != kRow)
    return std::nullopt;
  return shapes.labels;
}

std::vector<Box> finished_boxes(const Outputs& outputs) {
  const std::span<const float> numbers = numbers_of(outputs.tensors[0], outputs.image);
  Candidates found(outputs.min_score);
  for (std::size_t first = 0; first < numbers.size(); first += kRow) {
    const std::span<const float> row = numbers.subspan(first, kRow);
    if (const auto label = label_of(row[5], outputs.detector.classes))
      found.add({row[0], row[1], row[2], row[3], row[4], *label});
  }
  return std::move(found).take();
}

}  // namespace tideline::task
