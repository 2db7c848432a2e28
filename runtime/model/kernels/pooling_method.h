// Pooling methods: the maximum or the mean of every window, by each library.
#pragma once

#include "runtime/model/kernels/method.h"

#include <cstdint>
#include <memory>
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

// Returns how far the windows extend beyond the image below and to the right; negative if they leave a rest.
std::vector<std::int64_t> padding_after(const PoolingPlan& plan, const at::Tensor& from, const at::Tensor& to);

// From and to images with channels last, of one type. oneDNN's also takes bf16, XNNPACK's fp16.
std::unique_ptr<const Method> make_onednn_pooling(PoolingPlan plan);
std::unique_ptr<const Method> make_xnnpack_pooling(PoolingPlan plan);

}  // namespace tideline::kernels
