// A convolution over images, with what follows it: bias, the addition of another tensor, an activation.
#pragma once

#include "runtime/model/activation.h"
#include "runtime/model/kernel.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tideline {

struct ConvolutionPlan {
  at::Tensor weight;                        // fp32 [out, in / groups, height, width].
  at::Tensor bias;                          // fp32 [out]; undefined when there is none.
  std::vector<std::int64_t> stride;         // Height, width; so for all below.
  std::vector<std::int64_t> padding;        // Zeros above and to the left,
  std::vector<std::int64_t> padding_after;  // and below and to the right.
  std::vector<std::int64_t> dilation;
  std::int64_t groups = 1;
  Activation then;          // After the addition, if any.
  bool normalised = false;  // A batch normalisation is folded in, which knows channels in a batch only.
};

// Takes x [n, in, h, w] or [in, h, w], and, if it gets a second tensor, adds that to the result before the activation.
// Any strides; gives channels last, which is the order that the next convolution likes best.
c10::intrusive_ptr<Kernel> make_convolution(ConvolutionPlan plan);

}  // namespace tideline
