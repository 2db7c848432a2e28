// A linear layer, with what follows it: bias and activation.
#pragma once

#include "runtime/model/kernels/activation.h"
#include "runtime/model/kernels/kernel.h"

#include <ATen/core/Tensor.h>

namespace tideline {

struct ProductPlan {
  at::Tensor weight;  // fp32 [out, in].
  at::Tensor bias;    // fp32 [out]; undefined when there is none.
  Activation then;
};

// Takes x [..., in], gives [..., out].
c10::intrusive_ptr<Kernel> make_product(const ProductPlan& plan);

}  // namespace tideline
