#include "runtime/task/nanodet.h"

#include "runtime/base/outputs.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tideline::task {
namespace {

constexpr std::array<std::int64_t, 3> kStrides{8, 16, 32};

// The places of two maps among the outputs.
struct Level {
  std::size_t scores = 0, distances = 0;
};
using Levels = std::array<Level, kStrides.size()>;

bool is_scores(const TensorSpec& spec, std::int64_t cells, std::int64_t classes) {
  return is_map(spec, 3) && spec.shape[1] == cells && spec.shape[2] == classes;
}

bool is_distances(const TensorSpec& spec, std::int64_t cells) {
  return is_map(spec, 3) && spec.shape[1] == cells && spec.shape[2] % kSides == 0 && spec.shape[2] >= 2 * kSides;
}

// Returns where each map is; nothing unless every output is one of them. Of two maps of a level that look the same, the
// first one has the scores.
std::optional<Levels> find_levels(const Shapes& shapes) {
  const std::span<const TensorSpec> outputs = shapes.outputs;
  if (outputs.size() != 2 * kStrides.size() || shapes.labels == 0) return std::nullopt;
  Levels levels;
  std::vector<bool> taken(outputs.size());
  const auto take = [&](auto fits) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (taken[i] || !fits(outputs[i])) continue;
      taken[i] = true;
      return i;
    }
    return std::nullopt;
  };
  for (std::size_t i = 0; i < kStrides.size(); ++i) {
    const std::int64_t count = cells(shapes, kStrides[i]), classes = static_cast<std::int64_t>(shapes.labels);
    const auto scores = take([=](const TensorSpec& spec) { return is_scores(spec, count, classes); });
    const auto distances = take([=](const TensorSpec& spec) { return is_distances(spec, count); });
    if (!scores || !distances) return std::nullopt;
    levels[i] = {*scores, *distances};
  }
  return levels;
}

// Returns the mean of 0, 1, 2, ... that the softmax of these scores gives.
float mean_of(std::span<const float> scores) {
  const float highest = *std::ranges::max_element(scores);
  float sum = 0, weighted = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const float weight = std::exp(scores[i] - highest);
    sum += weight;
    weighted += weight * static_cast<float>(i);
  }
  return weighted / sum;
}

Box box_of(std::span<const float> distances, float x, float y, float stride, Best best) {
  const std::size_t bins = distances.size() / std::size_t{kSides};
  const auto side = [&](std::size_t i) { return stride * mean_of(distances.subspan(i * bins, bins)); };
  return {x - side(0), y - side(1), x + side(2), y + side(3), best.score, best.label};
}

// Adds the boxes of one level.
void add_level(const Outputs& outputs, Level level, std::int64_t stride, Candidates& found) {
  const Tensor& distances = outputs.tensors[level.distances];
  const std::span<const float> scores = numbers_of(outputs.tensors[level.scores], outputs.image);
  const std::span<const float> sides = numbers_of(distances, outputs.image);
  const std::size_t classes = outputs.detector.classes, row = size_at(distances, 2);
  const auto columns = static_cast<std::size_t>((outputs.detector.width + stride - 1) / stride);
  const auto pixels = static_cast<float>(stride);
  for (std::size_t cell = 0; cell < size_at(distances, 1); ++cell) {
    const Best best = best_of(scores.subspan(cell * classes, classes));
    if (!found.admits(best.score)) continue;
    const std::size_t column = cell % columns, line = cell / columns;
    const float x = (static_cast<float>(column) + 0.5F) * pixels, y = (static_cast<float>(line) + 0.5F) * pixels;
    found.add(box_of(sides.subspan(cell * row, row), x, y, pixels, best));
  }
}

}  // namespace

std::optional<std::size_t> nanodet_classes(const Shapes& shapes) {
  return find_levels(shapes) ? std::optional(shapes.labels) : std::nullopt;
}

std::vector<Box> nanodet_boxes(const Outputs& outputs) {
  const Detector& detector = outputs.detector;
  const std::vector<TensorSpec> specs = specs_of(outputs.tensors);
  const auto levels = find_levels({specs, detector.width, detector.height, detector.classes});
  Candidates found(outputs.min_score);
  for (std::size_t i = 0; i < kStrides.size(); ++i) add_level(outputs, (*levels)[i], kStrides[i], found);
  return std::move(found).take();
}

}  // namespace tideline::task
