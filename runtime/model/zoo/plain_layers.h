// PlainLayers: the layers without weights that the zoo's networks use.
#pragma once

#include "runtime/model/zoo/layers.h"

#include <fmt/format.h>

namespace tideline::zoo {

struct Window {
  int side = 0;
  int stride = 1;
  int padding = 0;
  bool ceil = false;  // Whether to pool the remainder at the right and lower edges, too.
};

inline Layer relu(LayerFactory& w) {
  return w.function("ReLU", "torch.relu(x)");
}

inline Layer flatten(LayerFactory& w) {
  return w.function("Flatten", "torch.flatten(x, 1)");
}

inline Layer dropout(LayerFactory& w) {
  return w.function("Dropout", "torch.dropout(x, 0.5, False)");
}

inline Layer max_pool(LayerFactory& w, const Window& window) {
  return w.function("MaxPool2d",
                    fmt::format("torch.max_pool2d(x, [{0}, {0}], [{1}, {1}], [{2}, {2}], [1, 1], {3})", window.side,
                                window.stride, window.padding, window.ceil ? "True" : "False"));
}

// The mean of each 2x2 square.
inline Layer halve(LayerFactory& w) {
  return w.function("AvgPool2d", "torch.avg_pool2d(x, [2, 2], [2, 2], [0, 0], False, True, None)");
}

inline Layer average_to(LayerFactory& w, int side) {
  return w.function("AdaptiveAvgPool2d", fmt::format("torch.adaptive_avg_pool2d(x, [{0}, {0}])", side));
}

// Width of the zeros around an image.
struct Border {
  int before = 0;  // Left and above.
  int after = 0;   // Right and below.
};

inline Layer pad(LayerFactory& w, const Border& zeros) {
  return w.function("ZeroPad2d",
                    fmt::format("torch.constant_pad_nd(x, [{0}, {1}, {0}, {1}], 0)", zeros.before, zeros.after));
}

}  // namespace tideline::zoo
