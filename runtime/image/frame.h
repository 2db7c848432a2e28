// Frame: where an image and a network's input lie upon each other.
#pragma once

#include "runtime/image/preparation.h"

#include <cstdint>

namespace tideline::image {

// The image is resized; of that, width x height pixels from (left, top) on are put at (border_left, border_top) of the
// input.
struct Frame {
  std::int32_t resized_width = 0, resized_height = 0;
  std::int32_t left = 0, top = 0;
  std::int32_t width = 0, height = 0;
  std::int32_t border_left = 0, border_top = 0;
};

// Returns the frame of an image of that size, as shown. Sizes round as torchvision does for a crop, and as Ultralytics
// does for a letterbox. REQUIRES: the preparation passes check(); sides are 1 to kLongestSide. Thread-safe.
Frame frame_of(std::int32_t width, std::int32_t height, const Preparation& preparation);

}  // namespace tideline::image
