// Fp16Tensors: tensors into fp16 and back, and the last step of a layer in fp16.
//
// A number that fp16 cannot hold would become infinite, and a limit or a maximum could hide that. So each function
// throws c10::Error where a number is beyond kMostFp16 or is no number; graph::is_of_input() knows the complaint.
// Thread-safe.
#pragma once

#include "runtime/model/kernels/activation.h"

#include <ATen/Functions.h>
#include <ATen/core/Tensor.h>

namespace tideline::kernels {

// Returns the tensor in that type, in the order that it has in memory; itself if it has the type. REQUIRES: both types
// are fp32, bf16 or fp16, and not bf16 and fp16.
at::Tensor in_type(const at::Tensor& tensor, at::ScalarType type);

// Runs `compute(from, to)` in fp32: on copies of tensors of fp16, with the result back in `to`. REQUIRES: `from` is
// fp32 or fp16, like `to`, which has no gaps in memory.
template <typename Compute>
void in_fp32(const at::Tensor& from, const at::Tensor& to, const Compute& compute);

// Writes `sums` of fp16 to `out`, or adds them to it, and applies the activation. The arithmetic is fp32. An overflow
// anywhere in a sum of fp16 has left it infinite or NaN, so a sum that passes had none. REQUIRES: `out` is fp16 or
// fp32, of the same shape and order in memory; it may be `sums`.
void finish_fp16(const at::Tensor& sums, bool adds, const Activation& then, const at::Tensor& out);

// Converts the numbers of one tensor into the other. REQUIRES: one is fp32 and the other fp16, of one shape and order
// in memory, without gaps.
void convert_fp16(const at::Tensor& from, const at::Tensor& to);

template <typename Compute>
void in_fp32(const at::Tensor& from, const at::Tensor& to, const Compute& compute) {
  if (to.scalar_type() == at::kFloat) return compute(in_type(from, at::kFloat), to);
  const auto wide = at::empty_like(to, at::TensorOptions(at::kFloat));
  compute(in_type(from, at::kFloat), wide);
  convert_fp16(wide, to);
}

}  // namespace tideline::kernels
