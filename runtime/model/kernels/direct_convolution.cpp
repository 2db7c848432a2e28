#include "runtime/model/kernels/call.h"
#include "runtime/model/kernels/convolution_method.h"
#include "runtime/model/kernels/images.h"
#include "runtime/model/kernels/packed.h"

#include <utility>

namespace tideline::kernels {
namespace {

using onednn::Desc;
using onednn::Dims;
using onednn::Tag;

// oneDNN has the groups as a dimension of the weights.
Dims grouped(const ConvolutionPlan& plan) {
  const auto shape = plan.weight.sizes();
  if (plan.groups == 1) return shape.vec();
  return {plan.groups, shape[0] / plan.groups, shape[1], shape[2], shape[3]};
}

class DirectConvolution final : public ConvolutionMethod {
 public:
  explicit DirectConvolution(ConvolutionPlan plan)
      : weight_shape_(grouped(plan)),
        weight_(std::exchange(plan.weight, {}), weight_shape_, plan.groups == 1 ? Tag::oihw : Tag::goihw),
        plan_(std::move(plan)) {}

  at::Tensor run(const at::Tensor& x, const at::Tensor& out, bool adds, const Activation& then) const override {
    calls_.find(shape_key(x, adds), [&] { return prepare(x, out, adds, then); })->run(x, out);
    return out;
  }

  std::uint64_t held_bytes() const override { return weight_.held(); }

 private:
  using Primitive = dnnl::convolution_forward;

  std::shared_ptr<const onednn::Call> prepare(const at::Tensor& x, const at::Tensor& out, bool adds,
                                              const Activation& activation) const {
    dnnl::post_ops then;
    const auto image = onednn::describe(x.sizes().vec(), Tag::nhwc, onednn::type_of(x.scalar_type()));
    const auto result = onednn::describe(out.sizes().vec(), Tag::nhwc, onednn::type_of(out.scalar_type()));
    if (adds) then.append_sum();
    activation.append_to(then);
    const auto primitive = describe(image, result, onednn::type_of(x.scalar_type()), onednn::attributes(then));
    onednn::Arguments constant{{DNNL_ARG_WEIGHTS, weight_.as(primitive.weights_desc())}};
    if (plan_.bias.defined()) constant.insert({DNNL_ARG_BIAS, onednn::view(plan_.bias)});
    return std::make_shared<const onednn::Call>(Primitive(primitive), primitive, std::move(constant));
  }

  Primitive::primitive_desc describe(const Desc& x, const Desc& out, onednn::Type factors,
                                     const dnnl::primitive_attr& attributes) const {
    const auto weight = onednn::describe(weight_shape_, Tag::any, factors);
    const auto bias = plan_.bias.defined() ? onednn::describe({plan_.bias.numel()}, Tag::x) : Desc();
    const Dims dilation{plan_.dilation[0] - 1, plan_.dilation[1] - 1};  // oneDNN counts the gaps between taps.
    constexpr auto kKind = dnnl::prop_kind::forward_inference;
    constexpr auto kHow = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
    return {onednn::engine(),    kKind,     kHow, x, weight, bias, out, plan_.stride, dilation, plan_.padding,
            plan_.padding_after, attributes};
#else
    return {{kKind, kHow, x, weight, bias, out, plan_.stride, dilation, plan_.padding, plan_.padding_after},
            attributes,
            onednn::engine()};
#endif
  }

  const Dims weight_shape_;
  const Packed weight_;
  const ConvolutionPlan plan_;  // Without the weight.
  const onednn::Calls calls_;
};

}  // namespace

std::unique_ptr<const ConvolutionMethod> make_direct_convolution(ConvolutionPlan plan) {
  return std::make_unique<DirectConvolution>(std::move(plan));
}

}  // namespace tideline::kernels
