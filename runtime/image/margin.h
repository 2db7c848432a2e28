// Margin: how much larger than the network's input an image of ImageNet is before its centre is cut out.
#pragma once

#include "runtime/image/preparation.h"

#include <algorithm>
#include <cstdint>

namespace tideline::image {

// Returns the preparation with kImagenetMargin replaced by the number it stands for, once the size is known. (Integers
// round to nearest: 224 becomes 256.)
inline Preparation with_margin(Preparation preparation) {
  const std::int64_t side = std::min(preparation.width, preparation.height);
  if (preparation.resize_to == kImagenetMargin && side > 0)
    preparation.resize_to = static_cast<std::int32_t>((side * 256 + 112) / 224);
  return preparation;
}

}  // namespace tideline::image
