// A convolution over images, with what follows it: bias, the addition of another tensor, an activation.
#pragma once

#include "runtime/model/kernels/convolution_method.h"
#include "runtime/model/kernels/kernel.h"

namespace tideline {

// Takes x [n, in, h, w] or [in, h, w], and, if it gets a second tensor, adds that to the result before the activation.
// Any strides; gives channels last, which is the order that the next convolution likes best. The first image that it
// gets decides by which method it computes this and all others.
c10::intrusive_ptr<Kernel> make_convolution(ConvolutionPlan plan);

}  // namespace tideline
