// Vision: what one model makes of images: how they become its input, and what its outputs mean. Pure functions.
//
//   if (auto fits = check_classifies(vision, model.outputs()); !fits) return fits.error();
//   const auto best = likeliest(served->outputs, vision, 5);
//
//   if (auto fits = check_finds_boxes(vision); !fits) return fits.error();
//   const auto boxes = find_boxes(image, served->outputs, vision, 0.4F);
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/image/preparation.h"
#include "runtime/task/box.h"
#include "runtime/task/classify.h"
#include "runtime/task/task.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tideline::http {

// REQUIRES: what it points to outlives it.
struct Vision {
  const image::Preparation* preparation = nullptr;  // Null: the model takes no images.
  const task::Task* task = nullptr;                 // Null: its outputs are only numbers.
};

// Returns true iff the model takes images and its outputs are boxes.
bool finds_boxes(const Vision& vision);

// Returns the names of the classes; none if they have only numbers. Valid as long as the task.
std::span<const std::string> labels_of(const Vision& vision);

// Returns invalid, with a remedy, if the model takes no images, or its first output is no classifier's.
Result<void> check_classifies(const Vision& vision, std::span<const TensorSpec> outputs);

// Returns invalid, with a remedy, unless finds_boxes().
Result<void> check_finds_boxes(const Vision& vision);

// Returns the `most` likeliest classes of the one image, best first, with their probabilities: those of the first
// output, or its softmax if it has logits. REQUIRES: check_classifies() has found no fault. Returns internal if the
// output is no classifier's all the same.
Result<std::vector<task::Class>> likeliest(std::span<const Tensor> outputs, const Vision& vision, std::size_t most);

// Returns the boxes in the one image, best first, in its pixels as it is shown. A box outside of the image is left out.
// REQUIRES: finds_boxes(vision), and `min_score` is within 0 and 1. Returns the error of the image's header, or
// internal if the outputs are not of the detector's form.
Result<std::vector<task::Box>> find_boxes(const Tensor& image, std::span<const Tensor> outputs, const Vision& vision,
                                          float min_score);

}  // namespace tideline::http
