// NanoDet: a head that gives a distribution over distances for each side of a box.
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/task/decode.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace tideline::task {

// Returns the number of classes iff outputs of these shapes are of the form. Needs the number of labels: a map of
// scores and one of distances may else look the same.
std::optional<std::size_t> nanodet_classes(const Shapes& shapes);

// Returns the boxes of an image, overlaps included.
std::vector<Box> nanodet_boxes(const Outputs& outputs);

}  // namespace tideline::task
