// NormalisationKernel: a batch normalisation that no convolution could absorb, with the ReLU after it.
#pragma once

#include "runtime/model/kernels/kernel.h"
#include "runtime/model/kernels/library.h"
#include "runtime/model/kernels/normalisation_method.h"

namespace tideline::kernels {

// Takes x [n, c, ...] with any strides; returns images with channels last.
c10::intrusive_ptr<Kernel> make_normalisation(NormalisationPlan plan, Library library);

}  // namespace tideline::kernels
