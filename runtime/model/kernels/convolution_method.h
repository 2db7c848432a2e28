// ConvolutionMethod: a way to compute one convolution. Each keeps the weights in an order of its own.
//
// Thread-safe. Throws what libtorch and oneDNN throw.
#pragma once

#include "runtime/model/kernels/activation.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace tideline {

struct ConvolutionPlan {
  at::Tensor weight;                        // fp32 [out, in / groups, height, width].
  at::Tensor bias;                          // fp32 [out]; undefined when there is none.
  std::vector<std::int64_t> stride;         // Height, width; so for all below.
  std::vector<std::int64_t> padding;        // Zeros above and to the left,
  std::vector<std::int64_t> padding_after;  // and below and to the right.
  std::vector<std::int64_t> dilation;
  std::int64_t groups = 1;
  Activation then;          // After the addition, if any.
  bool normalised = false;  // A batch normalisation is folded in, which knows channels in a batch only.
};

class ConvolutionMethod {
 public:
  virtual ~ConvolutionMethod() = default;

  // Writes the convolution of x [n, in, h, w] to `out` [n, out, h', w'], or adds it to what is there. Returns that with
  // the activation done to it, in the same memory or not. REQUIRES: both have their channels last, and `out` is of the
  // size that the plan gives; both fp32, or for the direct method either of them bf16.
  virtual at::Tensor run(const at::Tensor& x, const at::Tensor& out, bool adds, const Activation& then) const = 0;

  // Returns the bytes that the weights take now.
  virtual std::uint64_t held_bytes() const = 0;
};

// Every multiplication of the definition, by oneDNN. For all convolutions.
std::unique_ptr<const ConvolutionMethod> make_direct_convolution(ConvolutionPlan plan);

// A quarter of the multiplications, on four times the weights. For windows of 3x3 by step one.
std::unique_ptr<const ConvolutionMethod> make_winograd_convolution(ConvolutionPlan plan);

// Returns true iff Winograd's method can compute it and is the faster one for results of that height and width.
bool suits_winograd(const ConvolutionPlan& plan, std::int64_t out_height, std::int64_t out_width);

}  // namespace tideline
