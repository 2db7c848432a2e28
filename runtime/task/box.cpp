#include "runtime/task/box.h"

#include <algorithm>

namespace tideline::task {

Box to_image(const Box& box, const Frame& frame) {
  const auto x = [&frame](float at) {
    return static_cast<float>(std::clamp((at - frame.offset_x) / frame.scale_x, 0.0, double(frame.width)));
  };
  const auto y = [&frame](float at) {
    return static_cast<float>(std::clamp((at - frame.offset_y) / frame.scale_y, 0.0, double(frame.height)));
  };
  return {x(box.x_min), y(box.y_min), x(box.x_max), y(box.y_max), box.score, box.label};
}

}  // namespace tideline::task
