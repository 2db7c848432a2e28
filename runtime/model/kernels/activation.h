// Activation: a function applied to each number of a result, in the same call that computes the result.
#pragma once

#include "runtime/model/kernels/onednn.h"

#include <torch/csrc/jit/ir/ir.h>

#include <limits>
#include <optional>

namespace tideline::kernels {

// Lower and upper limit of a result. NaN stays NaN.
struct ClipLimits {
  float low, high;
};
constexpr ClipLimits kNoLimits{-std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity()};

struct Activation {
  dnnl::algorithm algorithm = dnnl::algorithm::undef;  // undef: no activation.
  float alpha = 0;
  float beta = 0;

  void append_to(dnnl::post_ops& then) const;
  // Applies the activation by libtorch, for results that oneDNN did not compute.
  at::Tensor applied_to(const at::Tensor& result) const;
  // Returns the activation as limits; nothing if limits cannot express it.
  std::optional<ClipLimits> limits() const;
};

// Returns the activation that the node applies to its input; nothing if oneDNN cannot do exactly the same.
std::optional<Activation> activation_of(const torch::jit::Node& node);

}  // namespace tideline::kernels
