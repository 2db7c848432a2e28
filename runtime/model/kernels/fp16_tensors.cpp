#include "runtime/model/kernels/fp16_tensors.h"

#include "runtime/model/kernels/fp16_numbers.h"

#include <ATen/Functions.h>
#include <c10/util/Exception.h>

namespace tideline::kernels {
namespace {

void check_fit(bool all_fit) {
  TORCH_CHECK(all_fit, "a layer has a number that fp16 does not have: beyond ", kMostFp16,
              ", or not finite; set compute.precision = \"fp32\"");
}

bool is_fp16(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kHalf;
}

}  // namespace

void convert_fp16(const at::Tensor& from, const at::Tensor& to) {
  check_fit(is_fp16(to) ? to_fp16(from.data_ptr<float>(), from.numel(), to.data_ptr())
                        : to_fp32(from.data_ptr(), from.numel(), to.data_ptr<float>()));
}

at::Tensor in_type(const at::Tensor& tensor, at::ScalarType type) {
  if (tensor.scalar_type() == type || (!is_fp16(tensor) && type != at::kHalf)) return tensor.to(type);
  const auto from = tensor.is_non_overlapping_and_dense() ? tensor : tensor.contiguous();
  auto to = at::empty_like(from, at::TensorOptions(type));
  convert_fp16(from, to);
  return to;
}

void finish_fp16(const at::Tensor& sums, bool adds, const Activation& then, const at::Tensor& out) {
  if (const auto limits = then.limits()) {
    check_fit(is_fp16(out) ? settle_in_fp16(sums.data_ptr(), sums.numel(), adds, *limits, out.data_ptr())
                           : settle_in_fp32(sums.data_ptr(), sums.numel(), adds, *limits, out.data_ptr<float>()));
    return;
  }
  const bool uses_out = adds || !is_fp16(out);
  const auto wide = uses_out ? in_type(out, at::kFloat) : at::empty_like(out, at::TensorOptions(at::kFloat));
  check_fit(settle_in_fp32(sums.data_ptr(), sums.numel(), adds, kNoLimits, wide.data_ptr<float>()));
  const auto result = then.applied_to(wide);
  is_fp16(out) ? convert_fp16(result, out) : void(out.copy_(result));
}

}  // namespace tideline::kernels
