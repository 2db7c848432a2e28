// Box: one object that a detector has found; and where it is in the image that came.
//
// Pure functions. Thread-safe.
#pragma once

#include <cstdint>

namespace tideline::task {

// Pixels count from the upper left corner of the image; the centre of the first pixel is at (0.5, 0.5).
struct Box {
  float x_min = 0, y_min = 0, x_max = 0, y_max = 0;
  float score = 0;
  std::int32_t label = 0;  // The number of the class.

  friend bool operator==(const Box&, const Box&) = default;
};

// How the image that came lies in the network's input: x of the image is (x of the input - offset_x) / scale_x.
struct Frame {
  double scale_x = 1, scale_y = 1, offset_x = 0, offset_y = 0;
  std::int32_t width = 0, height = 0;  // Of the image that came.
};

// Returns the box, which is in pixels of the network's input, in pixels of the image that came. Clips it to the image.
// REQUIRES: both scales are positive, both sizes are not negative, and the box has no NaN.
Box to_image(const Box& box, const Frame& frame);

}  // namespace tideline::task
