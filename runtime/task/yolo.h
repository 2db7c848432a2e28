// YOLO: the heads of YOLOv5, and of YOLOv8 and those after it.
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/task/decode.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace tideline::task {

// Returns the number of classes iff outputs of these shapes are of the form.
std::optional<std::size_t> yolov5_classes(const Shapes& shapes);
std::optional<std::size_t> yolov8_classes(const Shapes& shapes);

// Returns the boxes of an image, overlaps included.
std::vector<Box> yolov5_boxes(const Outputs& outputs);
std::vector<Box> yolov8_boxes(const Outputs& outputs);

}  // namespace tideline::task
