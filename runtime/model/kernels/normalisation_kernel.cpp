#include "runtime/model/kernels/normalisation_kernel.h"

#include "runtime/model/kernels/call.h"
#include "runtime/model/kernels/images.h"

#include <ATen/Functions.h>

#include <utility>

namespace tideline::kernels {
namespace {

using onednn::Desc;
using onednn::Tag;

class NormalisationKernel final : public Kernel {
 public:
  explicit NormalisationKernel(NormalisationPlan plan) : plan_(std::move(plan)) {
    for (auto* part : {&plan_.scale, &plan_.shift, &plan_.mean, &plan_.variance}) *part = part->contiguous();
  }

  at::Tensor run(std::vector<at::Tensor> in) const override {
    if (!takes(in[0])) return by_libtorch(in[0]);
    if (!is_image(in[0])) return by_libtorch(in[0].to(at::kFloat)).to(numbers().result);
    const auto x = channels_last(in[0], numbers().result);
    auto out = empty_image(x.sizes().vec(), numbers().result);
    calls_.find(x.sizes().vec(), [&] { return prepare(x); })->run(x, out);
    return out;
  }

  bool keeps_apart(std::int64_t dim, std::int64_t rank) const override { return rank >= 2 && dim != 1; }

  std::uint64_t weight_bytes() const override {
    return plan_.scale.nbytes() + plan_.shift.nbytes() + plan_.mean.nbytes() + plan_.variance.nbytes();
  }

 private:
  using Primitive = dnnl::batch_normalization_forward;

  at::Tensor by_libtorch(const at::Tensor& x) const {
    const auto out =
        at::batch_norm(x, plan_.scale, plan_.shift, plan_.mean, plan_.variance, false, 0, plan_.epsilon, false);
    return plan_.then_relu ? at::relu(out) : out;
  }

  std::shared_ptr<const onednn::Call> prepare(const at::Tensor& x) const {
    const auto primitive = describe(onednn::describe(x.sizes().vec(), Tag::nhwc, onednn::type_of(numbers().result)));
    onednn::Arguments constant{{DNNL_ARG_MEAN, onednn::view(plan_.mean)},
                               {DNNL_ARG_VARIANCE, onednn::view(plan_.variance)},
                               {DNNL_ARG_SCALE, onednn::view(plan_.scale)},
                               {DNNL_ARG_SHIFT, onednn::view(plan_.shift)}};
    return std::make_shared<const onednn::Call>(Primitive(primitive), primitive, std::move(constant));
  }

  Primitive::primitive_desc describe(const Desc& image) const {
    using Flags = dnnl::normalization_flags;
    constexpr auto kKind = dnnl::prop_kind::forward_inference;
    auto flags = Flags::use_global_stats | Flags::use_scale | Flags::use_shift;
    if (plan_.then_relu) flags |= Flags::fuse_norm_relu;
    const auto epsilon = static_cast<float>(plan_.epsilon);
    const auto attributes = onednn::attributes({});
#if DNNL_VERSION_MAJOR >= 3
    return {onednn::engine(), kKind, image, image, epsilon, flags, attributes};
#else
    return {{kKind, image, epsilon, flags}, attributes, onednn::engine()};
#endif
  }

  NormalisationPlan plan_;  // Constant after construction.
  const onednn::Calls calls_;
};

}  // namespace

c10::intrusive_ptr<Kernel> make_normalisation(NormalisationPlan plan) {
  return c10::make_intrusive<NormalisationKernel>(std::move(plan));
}

}  // namespace tideline::kernels
