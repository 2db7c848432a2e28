// PoolingKernel: the maximum or the mean of every window of an image.
#pragma once

#include "runtime/model/kernels/kernel.h"
#include "runtime/model/kernels/library.h"
#include "runtime/model/kernels/pooling_method.h"

namespace tideline::kernels {

// Takes x [n, c, h, w] or [c, h, w] with any strides; returns images with channels last.
c10::intrusive_ptr<Kernel> make_pooling(PoolingPlan plan, Library library);

}  // namespace tideline::kernels
