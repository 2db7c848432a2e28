#include "runtime/task/decode.h"

#include <algorithm>
#include <limits>

namespace tideline::task {

bool is_map(const TensorSpec& spec, std::size_t rank) {
  return spec.dtype == DType::fp32 && spec.shape.size() == rank &&
         std::ranges::all_of(std::span(spec.shape).subspan(1), [](std::int64_t size) { return size > 0; });
}

std::int64_t cells(const Shapes& shapes, std::int64_t stride) {
  return ((shapes.width + stride - 1) / stride) * ((shapes.height + stride - 1) / stride);
}

Best best_of(std::span<const float> scores) {
  Best best{-std::numeric_limits<float>::infinity(), -1};
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (scores[i] > best.score) best = {scores[i], static_cast<std::int32_t>(i)};
  return best;
}

}  // namespace tideline::task
