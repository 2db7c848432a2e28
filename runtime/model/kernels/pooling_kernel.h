// PoolingKernel: the maximum or the mean of every window of an image.
#pragma once

#include "runtime/model/kernels/kernel.h"

#include <cstdint>
#include <vector>

namespace tideline::kernels {

struct PoolingPlan {
  enum class Of { largest, mean, mean_with_padding };
  Of of = Of::largest;
  std::vector<std::int64_t> window;  // Height, width, as in all pairs below.
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> padding;
  bool rounds_up = false;  // The last window may extend beyond the image.
};

// Takes x [n, c, h, w] or [c, h, w] with any strides; returns images with channels last.
c10::intrusive_ptr<Kernel> make_pooling(PoolingPlan plan);

}  // namespace tideline::kernels
