// Head: the form in which a detector's outputs state boxes; README.md describes each form.
//
// (Elsewhere *head* is the edge's part of a network. Detectors have called their last layers so for longer.)
// Pure functions. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tideline::task {

enum class Head { yolov5, yolov8, nanodet, centernet, boxes };

std::string_view name(Head head);                // "yolov5"
Result<Head> parse_head(std::string_view text);  // The inverse.

// What is known of a network before it runs. Valid as long as `outputs` is.
struct Shapes {
  std::span<const TensorSpec> outputs;
  std::int32_t width = 0, height = 0;  // Of the network's input, in pixels.
  std::size_t labels = 0;              // Zero: there is no list of labels.
};

// A head of a certain network: all that its outputs need to become boxes.
struct Detector {
  Head head = Head::boxes;
  std::size_t classes = 0;             // Zero: the outputs do not say how many.
  std::int32_t width = 0, height = 0;  // As in Shapes.
};

// Returns the detector whose head has outputs of these shapes. If there are labels, it has as many classes. Returns
// invalid otherwise, with the fault and the remedy.
Result<Detector> find_detector(const Shapes& shapes);

// Returns the same for that head only.
Result<Detector> fit_head(Head head, const Shapes& shapes);

}  // namespace tideline::task
