// Activation: what is done to each number of a result, by the same call that computes it.
#pragma once

#include "runtime/model/kernels/onednn.h"

#include <torch/csrc/jit/ir/ir.h>

#include <optional>

namespace tideline {

// The least and the largest number that there may be. What is no number is neither.
struct ClipLimits {
  float low, high;
};

struct Activation {
  dnnl::algorithm algorithm = dnnl::algorithm::undef;  // undef: nothing is done.
  float alpha = 0;
  float beta = 0;

  void append_to(dnnl::post_ops& then) const;
  // The same by libtorch, for results that oneDNN did not compute.
  at::Tensor applied_to(const at::Tensor& result) const;
  // The same as limits; nothing when it is more than that.
  std::optional<ClipLimits> limits() const;
};

// Returns what the node does to its input, when that is all it does and oneDNN can do the same.
std::optional<Activation> activation_of(const torch::jit::Node& node);

}  // namespace tideline
