#include "runtime/model/kernels/fp16_tensors.h"
#include "runtime/model/kernels/normalisation_method.h"
#include "runtime/model/kernels/xnnpack.h"
#include "runtime/model/kernels/xnnpack_operator.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

namespace tideline::kernels {
namespace {

using xnnpack::Operator;

// A convolution of each channel with one weight.
std::unique_ptr<const Operator> scaling(const NormalisationPlan& plan) {
  const std::vector<std::int64_t> none{0, 0}, one{1, 1};
  const auto factor = plan.scale * at::rsqrt(plan.variance + plan.epsilon);
  return Operator::convolution({one, one, none, none, one}, factor.numel(), factor.reshape({-1, 1, 1, 1}),
                               plan.shift - plan.mean * factor, {plan.then_relu ? 0 : kNoLimits.low, kNoLimits.high});
}

class XnnpackNormalisation final : public Method {
 public:
  explicit XnnpackNormalisation(const NormalisationPlan& plan) : scaling_(scaling(plan)) {}

  void run(const at::Tensor& from, const at::Tensor& to) const override {
    in_fp32(from, to, [this](const at::Tensor& wide_from, const at::Tensor& wide_to) {
      scaling_->run_images(xnnpack::readable(wide_from), wide_to);
    });
  }

  std::uint64_t held_bytes() const override { return scaling_->held_bytes(); }

 private:
  const std::unique_ptr<const Operator> scaling_;
};

}  // namespace

std::unique_ptr<const Method> make_xnnpack_normalisation(NormalisationPlan plan) {
  return std::make_unique<XnnpackNormalisation>(plan);
}

}  // namespace tideline::kernels
