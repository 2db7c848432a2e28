// ProductKernel: a linear layer, with the bias and activation that follow it.
#pragma once

#include "runtime/model/kernels/activation.h"
#include "runtime/model/kernels/kernel.h"

#include <ATen/core/Tensor.h>

namespace tideline::kernels {

struct ProductPlan {
  at::Tensor weight;  // fp32 [out, in].
  at::Tensor bias;    // fp32 [out]; undefined if there is none.
  Activation then;
};

// Takes x [..., in], returns [..., out].
c10::intrusive_ptr<Kernel> make_product(const ProductPlan& plan);

}  // namespace tideline::kernels
