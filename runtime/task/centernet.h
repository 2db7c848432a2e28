// CenterNet: a head that marks the centre of each object in a heat map; and TTFNet, which is of the same kind.
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/task/decode.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace tideline::task {

// Returns the number of classes iff outputs of these shapes are of the form.
std::optional<std::size_t> centernet_classes(const Shapes& shapes);

// Returns the boxes of an image: one for each peak of the heat map.
std::vector<Box> centernet_boxes(const Outputs& outputs);

}  // namespace tideline::task
