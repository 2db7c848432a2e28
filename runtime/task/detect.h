// Detect: turns a detector's output tensors into boxes.
//
//     const Result<Detector> detector = find_detector({outputs, 640, 640, labels.size()});
//     const Result<std::vector<Box>> boxes = detect(*detector, tensors, 0, {.min_score = 0.4F});
//     for (const Box& box : *boxes) show(to_image(box, frame), labels[box.label]);
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/task/box.h"
#include "runtime/task/head.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tideline::task {

inline constexpr std::size_t kMostBoxes = 1000;
inline constexpr std::size_t kMostCandidates = 30'000;

struct DetectOptions {
  float min_score = 0.25F;    // Boxes must score more.
  float max_overlap = 0.45F;  // Of two boxes of a class whose IoU is larger, only the better one stays.
  std::size_t most = 300;     // How many boxes of an image stay, the best ones.
};

// Returns invalid unless both fractions are within 0 and 1, and 1 <= most <= kMostBoxes.
Result<void> check(const DetectOptions& options);

// Returns the boxes of one image of the batch, in pixels of the network's input, best first. A box may reach beyond the
// input; to_image() clips it. Each box has an area, finite numbers, and a label below `classes` (if those are known).
// Considers the kMostCandidates best boxes before it removes overlaps; equal outputs give equal boxes.
// Returns invalid if the options or the number of the image are, or if the outputs are not of the detector's form.
Result<std::vector<Box>> detect(const Detector& detector, std::span<const Tensor> outputs, std::size_t image,
                                const DetectOptions& options = {});

}  // namespace tideline::task
