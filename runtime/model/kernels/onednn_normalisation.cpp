#include "runtime/model/kernels/call.h"
#include "runtime/model/kernels/normalisation_method.h"

#include <utility>

namespace tideline::kernels {
namespace {

class OnednnNormalisation final : public Method {
 public:
  explicit OnednnNormalisation(NormalisationPlan plan) : plan_(std::move(plan)) {}

  void run(const at::Tensor& from, const at::Tensor& to) const override {
    calls_.find(from.sizes().vec(), [&] { return prepare(from); })->run(from, to);
  }

 private:
  using Primitive = dnnl::batch_normalization_forward;

  std::shared_ptr<const onednn::Call> prepare(const at::Tensor& x) const {
    const auto type = onednn::type_of(x.scalar_type());
    const auto primitive = describe(onednn::describe(x.sizes().vec(), onednn::Tag::nhwc, type));
    onednn::Arguments constant{{DNNL_ARG_MEAN, onednn::view(plan_.mean)},
                               {DNNL_ARG_VARIANCE, onednn::view(plan_.variance)},
                               {DNNL_ARG_SCALE, onednn::view(plan_.scale)},
                               {DNNL_ARG_SHIFT, onednn::view(plan_.shift)}};
    return std::make_shared<const onednn::Call>(Primitive(primitive), primitive, std::move(constant));
  }

  Primitive::primitive_desc describe(const onednn::Desc& image) const {
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

  const NormalisationPlan plan_;
  const onednn::Calls calls_;
};

}  // namespace

std::unique_ptr<const Method> make_onednn_normalisation(NormalisationPlan plan) {
  return std::make_unique<OnednnNormalisation>(std::move(plan));
}

}  // namespace tideline::kernels
