// A batch normalisation that could not be folded into a convolution, with the ReLU that follows it.
#pragma once

#include "runtime/model/kernels/kernel.h"

#include <ATen/core/Tensor.h>

namespace tideline {

struct NormalisationPlan {
  at::Tensor scale;  // All fp32 [c].
  at::Tensor shift;
  at::Tensor mean;
  at::Tensor variance;
  double epsilon = 0;
  bool then_relu = false;
};

// Takes x [n, c, ...] in any strides; gives images channels last.
c10::intrusive_ptr<Kernel> make_normalisation(NormalisationPlan plan);

}  // namespace tideline
