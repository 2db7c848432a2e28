// ProductKernel: a linear layer, with the bias and activation that follow it.
#pragma once

#include "runtime/model/kernels/kernel.h"
#include "runtime/model/kernels/library.h"
#include "runtime/model/kernels/product_method.h"

namespace tideline::kernels {

// Takes x [..., in], returns [..., out].
c10::intrusive_ptr<Kernel> make_product(ProductPlan plan, Library library);

}  // namespace tideline::kernels
