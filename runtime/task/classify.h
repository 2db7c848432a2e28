// Classify: turns a classifier's output tensor into the best classes.
//
//     const Result<std::span<const float>> scores = scores_of(tensors.front(), 0);
//     for (const Class& one : top(*scores, 5, labels)) show(one.label, one.score);
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::task {

struct Class {
  std::size_t index = 0;
  float score = 0;
  std::string_view label;  // Empty if there is none.
};

// Returns the number of classes iff that is a classifier's output: fp32 [N,C]; more dimensions of size 1 may stand
// before or after C, as in [N,C,1,1].
std::optional<std::size_t> classes_of(const TensorSpec& output);

// Returns the scores of one image of the batch, in the tensor's memory. Returns invalid if the tensor is no
// classifier's output, or if there is no such image.
Result<std::span<const float>> scores_of(const Tensor& output, std::size_t image);

// Returns the `k` classes with the highest scores (all, if there are fewer), highest first; equal scores by index. NaN
// comes after all numbers. The labels stay valid as long as `labels` does.
std::vector<Class> top(std::span<const float> scores, std::size_t k, std::span<const std::string> labels);

// Returns the probabilities that belong to scores of any size; they add up to 1, but for rounding. NaN stays NaN and
// counts as absent. If there are infinite scores, they share the 1 and all others are 0. If all are minus infinity,
// they share it.
std::vector<float> softmax(std::span<const float> scores);

// Returns the scores themselves if they are probabilities: none is negative, and they add up to 1 within the rounding
// of bf16. Otherwise returns their softmax. Logits are never such numbers but by a chance that can be neglected.
std::vector<float> probabilities(std::span<const float> scores);

}  // namespace tideline::task
