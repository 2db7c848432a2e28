#include "runtime/task/classify.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tideline::task {
namespace {

// Returns the highest score that is not NaN, minus infinity if there is none.
float highest_of(std::span<const float> scores) {
  float highest = -std::numeric_limits<float>::infinity();
  for (const float score : scores)
    if (score > highest) highest = score;
  return highest;
}

}  // namespace

std::optional<std::size_t> classes_of(const TensorSpec& output) {
  if (output.dtype != DType::fp32 || output.shape.size() < 2) return std::nullopt;
  std::int64_t classes = 1;
  for (const std::int64_t size : std::span(output.shape).subspan(1)) {
    if (size < 1 || (size > 1 && classes > 1)) return std::nullopt;
    classes *= size;
  }
  return static_cast<std::size_t>(classes);
}

Result<std::span<const float>> scores_of(const Tensor& output, std::size_t image) {
  const TensorSpec spec{"", output.dtype(), output.shape()};
  const std::optional<std::size_t> classes = classes_of(spec);
  if (!classes)
    return error(ErrorKind::invalid, "{} holds no scores of classes; a classifier returns fp32[N,C]", to_string(spec));
  if (image >= output.floats().size() / *classes)
    return error(ErrorKind::invalid, "there is no image {} in {}; ask for an image of the batch", image,
                 to_string(spec));
  return std::span<const float>(output.floats()).subspan(image * *classes, *classes);
}

std::vector<Class> top(std::span<const float> scores, std::size_t k, std::span<const std::string> labels) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto best = order.begin() + static_cast<std::ptrdiff_t>(std::min(k, order.size()));
  std::ranges::partial_sort(order, best, [scores](std::size_t a, std::size_t b) {
    const bool a_nan = std::isnan(scores[a]), b_nan = std::isnan(scores[b]);
    if (a_nan != b_nan) return b_nan;
    return a_nan || scores[a] == scores[b] ? a < b : scores[a] > scores[b];
  });
  std::vector<Class> classes;
  for (auto at = order.begin(); at != best; ++at)
    classes.push_back({*at, scores[*at], *at < labels.size() ? std::string_view(labels[*at]) : std::string_view()});
  return classes;
}

// Where the highest score is infinite, the difference of two equal infinities counts as none.
std::vector<float> softmax(std::span<const float> scores) {
  const float highest = highest_of(scores);
  const auto weight = [highest](float score) {
    return score == highest ? 1.0 : std::exp(double{score} - double{highest});
  };
  double sum = 0;
  for (const float score : scores)
    if (!std::isnan(score)) sum += weight(score);
  std::vector<float> probabilities;
  probabilities.reserve(scores.size());
  for (const float score : scores) probabilities.push_back(static_cast<float>(weight(score) / sum));
  return probabilities;
}

std::vector<float> probabilities(std::span<const float> scores) {
  constexpr double kRounding = 1.0 / 256;  // Of bf16.
  double sum = 0;
  for (const float score : scores) sum += score >= 0 ? double{score} : std::numeric_limits<double>::quiet_NaN();
  if (std::abs(sum - 1) <= kRounding) return {scores.begin(), scores.end()};
  return softmax(scores);
}

}  // namespace tideline::task
