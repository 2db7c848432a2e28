// Task: what an edge computes from a network's outputs for its clients: nothing, classes or boxes.
//
//     const Result<Task> task = fitted({.kind = Kind::detect, .labels = labels}, model.outputs(), 640, 640);
//     if (!task) return task.error().within("yolo");
//     const auto boxes = detect(*task->detector, tensors, 0);
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/task/head.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::task {

enum class Kind { none, classify, detect };

std::string_view name(Kind kind);                // "classify"
Result<Kind> parse_kind(std::string_view text);  // The inverse.

struct Task {
  Kind kind = Kind::none;
  std::vector<std::string> labels;   // By class; empty: classes have numbers only.
  std::optional<Head> head;          // Of a detector; absent: the shapes of the outputs tell.
  std::optional<Detector> detector;  // What fitted() has found; present iff it has, and the kind is detect.
};

// Returns the task, ready for a network with these outputs and an input of that size in pixels. A classifier's first
// output counts. Returns invalid, with the fault and the remedy, if the outputs are of another form, or if there are
// labels but not one per class.
Result<Task> fitted(Task task, std::span<const TensorSpec> outputs, std::int32_t input_width,
                    std::int32_t input_height);

}  // namespace tideline::task
