// Decode: what every head does with the outputs of one image.
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/task/box.h"
#include "runtime/task/head.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tideline::task {

inline constexpr std::int64_t kSides = 4;  // Of a box: left, top, right and bottom, in this order.

// The outputs of one image of a batch; `outputs` are of the detector's form, and `image` is one of them.
struct Outputs {
  const Detector& detector;
  std::span<const Tensor> tensors;
  std::size_t image = 0;
  float min_score = 0;
};

// Returns the numbers of one image.
inline std::span<const float> numbers_of(const Tensor& tensor, std::size_t image) {
  const std::size_t each = tensor.floats().size() / static_cast<std::size_t>(tensor.shape().front());
  return std::span<const float>(tensor.floats()).subspan(image * each, each);
}

// Returns size `i` of the tensor's shape.
inline std::size_t size_at(const Tensor& tensor, std::size_t i) {
  return static_cast<std::size_t>(tensor.shape()[i]);
}

// Returns true iff the spec is fp32, of that rank, and every size but the first is positive.
bool is_map(const TensorSpec& spec, std::size_t rank);

// Returns how many cells of `stride` pixels cover the input.
std::int64_t cells(const Shapes& shapes, std::int64_t stride);

// Collects the boxes of an image that may be used: those that score more than the least score, have an area, and only
// finite numbers.
class Candidates {
 public:
  explicit Candidates(float min_score) : min_score_(min_score) {}

  // Returns true iff a box with that score may be used; false for NaN.
  bool admits(float score) const { return score > min_score_; }

  void add(const Box& box) {
    const bool finite = std::isfinite(box.x_min) && std::isfinite(box.y_min) && std::isfinite(box.x_max) &&
                        std::isfinite(box.y_max) && std::isfinite(box.score);
    if (finite && admits(box.score) && box.x_max > box.x_min && box.y_max > box.y_min) boxes_.push_back(box);
  }

  std::vector<Box> take() && { return std::move(boxes_); }

 private:
  const float min_score_;
  std::vector<Box> boxes_;
};

struct Best {
  float score = 0;
  std::int32_t label = -1;  // None.
};

// Returns the highest of the scores; the first of equal ones. Passes over NaN.
Best best_of(std::span<const float> scores);

}  // namespace tideline::task
