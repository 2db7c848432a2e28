// Finished boxes: a head whose network has computed the boxes itself.
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/task/decode.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace tideline::task {

// Returns the number of labels iff outputs of these shapes are of the form, which does not tell the number of classes.
std::optional<std::size_t> finished_classes(const Shapes& shapes);

// Returns the boxes of an image, overlaps included if the network has left some.
std::vector<Box> finished_boxes(const Outputs& outputs);

}  // namespace tideline::task
