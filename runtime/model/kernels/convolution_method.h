// ConvolutionMethod: a way to compute one convolution. Each method keeps the weights in its own order.
//
// Thread-safe. Throws the exceptions of libtorch and oneDNN.
#pragma once

#include "runtime/model/kernels/activation.h"
#include "runtime/model/kernels/library.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace tideline::kernels {

struct ConvolutionPlan {
  at::Tensor weight;                        // fp32 [out, in / groups, height, width].
  at::Tensor bias;                          // fp32 [out]; undefined if there is none.
  std::vector<std::int64_t> stride;         // Height, width, as in all pairs below.
  std::vector<std::int64_t> padding;        // Zeros above and to the left.
  std::vector<std::int64_t> padding_after;  // Zeros below and to the right.
  std::vector<std::int64_t> dilation;
  std::int64_t groups = 1;
  bool adds = false;        // Another tensor is added to the result.
  Activation then;          // Applied after the addition, if any.
  bool normalised = false;  // A batch normalisation is folded in. It needs a batch dimension.
};

class ConvolutionMethod {
 public:
  virtual ~ConvolutionMethod() = default;

  // Writes the convolution of x [n, in, h, w] to `out` [n, out, h', w'], or adds it to `out`. Returns that after the
  // activation, in the same memory or not. REQUIRES: both have their channels last, and `out` has the plan's result
  // size. `then` is the plan's; or nothing, if the plan adds but this run does not. Both tensors are fp32; the direct
  // method also accepts bf16 for either; the method for fp16 takes x in fp16, and `out` in either.
  virtual at::Tensor run(const at::Tensor& x, const at::Tensor& out, bool adds, const Activation& then) const = 0;

  // Returns the current size of the weights.
  virtual std::uint64_t held_bytes() const = 0;
};

// Does all multiplications of the definition, by oneDNN. For all convolutions.
std::unique_ptr<const ConvolutionMethod> make_direct_convolution(ConvolutionPlan plan);

// The same by XNNPACK, in fp32.
std::unique_ptr<const ConvolutionMethod> make_xnnpack_convolution(ConvolutionPlan plan);

// The same by XNNPACK, in fp16. Its sums are fp16, too.
std::unique_ptr<const ConvolutionMethod> make_xnnpack_fp16_convolution(const ConvolutionPlan& plan);

// Does a quarter of the multiplications, with four times the weights. For windows of 3x3 with step one. The library
// computes the products.
std::unique_ptr<const ConvolutionMethod> make_winograd_convolution(ConvolutionPlan plan, Library library);

// Returns true iff Winograd's method supports the plan and is faster for results of that height and width.
bool suits_winograd(const ConvolutionPlan& plan, std::int64_t out_height, std::int64_t out_width);

}  // namespace tideline::kernels
