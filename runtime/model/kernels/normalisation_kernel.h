// NormalisationKernel: a batch normalisation that no convolution could absorb, with the ReLU after it.
#pragma once

#include "runtime/model/kernels/kernel.h"

#include <ATen/core/Tensor.h>

namespace tideline::kernels {

struct NormalisationPlan {
  at::Tensor scale;  // All are fp32 [c].
  at::Tensor shift;
  at::Tensor mean;
  at::Tensor variance;
  double epsilon = 0;
  bool then_relu = false;
};

// Takes x [n, c, ...] with any strides; returns images with channels last.
c10::intrusive_ptr<Kernel> make_normalisation(NormalisationPlan plan);

}  // namespace tideline::kernels
