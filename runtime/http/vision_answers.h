// Vision answers: classes as TorchServe writes them, boxes as DeepStack and CodeProject.AI do. Pure functions.
#pragma once

#include "runtime/base/time.h"
#include "runtime/task/box.h"
#include "runtime/task/classify.h"

#include <span>
#include <string>

namespace tideline::http {

// Returns {"tabby": 0.52, ...} in the order of the classes. A class without a label is called by its number; of several
// with one label, the first is written.
std::string write_classes(std::span<const task::Class> classes);

struct DetectionTimes {
  Duration inference{};  // In the engine.
  Duration process{};    // From the request to the answer.
};

// Returns {"success": true, "predictions": [...], ...} in the order of the boxes. Pixels are rounded; a box of a class
// without a label is called by its number.
std::string write_detections(std::span<const task::Box> boxes, std::span<const std::string> labels,
                             const DetectionTimes& times);

}  // namespace tideline::http
