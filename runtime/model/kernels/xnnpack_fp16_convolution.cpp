#include "runtime/model/kernels/convolution_method.h"
#include "runtime/model/kernels/fp16_tensors.h"
#include "runtime/model/kernels/images.h"
#include "runtime/model/kernels/xnnpack.h"
#include "runtime/model/kernels/xnnpack_operator.h"

namespace tideline::kernels {
namespace {

std::unique_ptr<const xnnpack::Operator> fp16_convolution_of(const ConvolutionPlan& plan) {
  const auto weight = in_type(plan.weight.permute({0, 2, 3, 1}).contiguous(), at::kHalf);
  const auto bias = plan.bias.defined() ? in_type(plan.bias, at::kHalf) : plan.bias;
  return xnnpack::Operator::convolution(
      {{weight.size(1), weight.size(2)}, plan.stride, plan.padding, plan.padding_after, plan.dilation}, plan.groups,
      weight, bias, kNoLimits);
}

// XNNPACK applies no limits: they would hide an overflow.
class XnnpackFp16Convolution final : public ConvolutionMethod {
 public:
  explicit XnnpackFp16Convolution(const ConvolutionPlan& plan) : operator_(fp16_convolution_of(plan)) {}

  at::Tensor run(const at::Tensor& x, const at::Tensor& out, bool adds, const Activation& then) const override {
    const bool in_place = !adds && out.scalar_type() == at::kHalf;
    const auto sums = in_place ? out : empty_image(out.sizes().vec(), at::kHalf);
    operator_->run_images(xnnpack::readable(x), sums);
    finish_fp16(sums, adds, then, out);
    return out;
  }

  std::uint64_t held_bytes() const override { return operator_->held_bytes(); }

 private:
  const std::unique_ptr<const xnnpack::Operator> operator_;
};

}  // namespace

std::unique_ptr<const ConvolutionMethod> make_xnnpack_fp16_convolution(const ConvolutionPlan& plan) {
  return std::make_unique<XnnpackFp16Convolution>(plan);
}

}  // namespace tideline::kernels
