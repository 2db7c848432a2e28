#include "runtime/model/kernels/normalisation_kernel.h"

#include "runtime/model/kernels/fp16_tensors.h"
#include "runtime/model/kernels/images.h"

#include <ATen/Functions.h>

#include <utility>

namespace tideline::kernels {
namespace {

NormalisationPlan contiguous(NormalisationPlan plan) {
  for (auto* part : {&plan.scale, &plan.shift, &plan.mean, &plan.variance}) *part = part->contiguous();
  return plan;
}

class NormalisationKernel final : public Kernel {
 public:
  NormalisationKernel(NormalisationPlan plan, Library library)
      : plan_(contiguous(std::move(plan))),
        method_(library == Library::xnnpack ? make_xnnpack_normalisation(plan_) : make_onednn_normalisation(plan_)) {}

  at::Tensor run(std::vector<at::Tensor> in) const override {
    if (!takes(in[0])) return by_libtorch(in[0]);
    if (!is_image(in[0])) return in_type(by_libtorch(in[0].to(at::kFloat)), numbers().result);
    const auto x = channels_last(in[0], numbers().result);
    auto out = empty_image(x.sizes().vec(), numbers().result);
    method_->run(x, out);
    return out;
  }

  bool keeps_apart(std::int64_t dim, std::int64_t rank) const override { return rank >= 2 && dim != 1; }

  std::uint64_t weight_bytes() const override {
    return plan_.scale.nbytes() + plan_.shift.nbytes() + plan_.mean.nbytes() + plan_.variance.nbytes();
  }

  std::uint64_t held_bytes() const override { return weight_bytes() + method_->held_bytes(); }

 private:
  at::Tensor by_libtorch(const at::Tensor& x) const {
    const auto out =
        at::batch_norm(x, plan_.scale, plan_.shift, plan_.mean, plan_.variance, false, 0, plan_.epsilon, false);
    return plan_.then_relu ? at::relu(out) : out;
  }

  const NormalisationPlan plan_;
  const std::unique_ptr<const Method> method_;
};

}  // namespace

c10::intrusive_ptr<Kernel> make_normalisation(NormalisationPlan plan, Library library) {
  return c10::make_intrusive<NormalisationKernel>(std::move(plan), library);
}

}  // namespace tideline::kernels
