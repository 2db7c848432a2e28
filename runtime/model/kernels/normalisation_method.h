// Normalisation methods: a batch normalisation with constant parameters, by each library.
#pragma once

#include "runtime/model/kernels/method.h"

#include <memory>

namespace tideline::kernels {

struct NormalisationPlan {
  at::Tensor scale;  // All are fp32 [c].
  at::Tensor shift;
  at::Tensor mean;
  at::Tensor variance;
  double epsilon = 0;
  bool then_relu = false;
};

// From and to images with channels last. oneDNN's also takes bf16, XNNPACK's fp16. The tensors of the plan are
// contiguous.
std::unique_ptr<const Method> make_onednn_normalisation(NormalisationPlan plan);
std::unique_ptr<const Method> make_xnnpack_normalisation(NormalisationPlan plan);

}  // namespace tideline::kernels
