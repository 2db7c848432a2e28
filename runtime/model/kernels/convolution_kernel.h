// ConvolutionKernel: a convolution of images, with the bias, addition and activation that follow it.
#pragma once

#include "runtime/model/kernels/convolution_method.h"
#include "runtime/model/kernels/kernel.h"

namespace tideline::kernels {

// Takes x [n, in, h, w] or [in, h, w]. Adds a second tensor, if given, to the result before the activation. Accepts any
// strides; returns channels last, the fastest order for the next convolution. The first image decides which method
// computes all images.
c10::intrusive_ptr<Kernel> make_convolution(ConvolutionPlan plan, Library library);

}  // namespace tideline::kernels
