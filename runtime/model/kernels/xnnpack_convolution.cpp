#include "runtime/model/kernels/addition.h"
#include "runtime/model/kernels/convolution_method.h"
#include "runtime/model/kernels/images.h"
#include "runtime/model/kernels/xnnpack.h"
#include "runtime/model/kernels/xnnpack_operator.h"

#include <utility>

namespace tideline::kernels {
namespace {

using xnnpack::fused_limits;
using xnnpack::Operator;

std::unique_ptr<const Operator> operator_of(const ConvolutionPlan& plan, ClipLimits limits) {
  const auto weight = plan.weight.permute({0, 2, 3, 1}).contiguous();
  return Operator::convolution(
      {{weight.size(1), weight.size(2)}, plan.stride, plan.padding, plan.padding_after, plan.dilation}, plan.groups,
      weight, plan.bias, limits);
}

// XNNPACK cannot add to its result: an addition is a second step, which applies the limits.
class XnnpackConvolution final : public ConvolutionMethod {
 public:
  explicit XnnpackConvolution(const ConvolutionPlan& plan)
      : fuses_(!plan.adds && fused_limits(plan.then)),
        operator_(operator_of(plan, fuses_ ? *fused_limits(plan.then) : kNoLimits)) {}

  at::Tensor run(const at::Tensor& x, const at::Tensor& out, bool adds, const Activation& then) const override {
    const auto image = xnnpack::readable(x);
    if (!adds) {
      operator_->run_images(image, out);
      return fuses_ ? out : then.applied_to(out);
    }
    const auto sums = empty_image(out.sizes().vec(), at::kFloat);
    operator_->run_images(image, sums);
    const auto limits = then.limits();
    add(sums.data_ptr<float>(), sums.numel(), limits.value_or(kNoLimits), out.data_ptr<float>());
    return limits ? out : then.applied_to(out);
  }

  std::uint64_t held_bytes() const override { return operator_->held_bytes(); }

 private:
  const bool fuses_;  // The operator applies the plan's activation.
  const std::unique_ptr<const Operator> operator_;
};

}  // namespace

std::unique_ptr<const ConvolutionMethod> make_xnnpack_convolution(ConvolutionPlan plan) {
  return std::make_unique<XnnpackConvolution>(plan);
}

}  // namespace tideline::kernels
