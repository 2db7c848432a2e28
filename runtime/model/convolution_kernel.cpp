#include "runtime/model/convolution_kernel.h"

#include "runtime/model/images.h"
#include "runtime/model/packed.h"

#include <ATen/Functions.h>

#include <utility>

namespace tideline {
namespace {

using onednn::Desc;
using onednn::Dims;
using onednn::Tag;

// oneDNN takes the groups as a dimension of the weights.
Dims grouped(const ConvolutionPlan& plan) {
  const auto shape = plan.weight.sizes();
  if (plan.groups == 1) return shape.vec();
  return {plan.groups, shape[0] / plan.groups, shape[1], shape[2], shape[3]};
}

class ConvolutionKernel final : public Kernel {
 public:
  explicit ConvolutionKernel(ConvolutionPlan plan)
      : weight_shape_(grouped(plan)),
        kernel_({plan.weight.size(2), plan.weight.size(3)}),
        in_channels_(plan.weight.size(1) * plan.groups),
        out_channels_(plan.weight.size(0)),
        weight_(plan.weight, weight_shape_, plan.groups == 1 ? Tag::oihw : Tag::goihw),
        plan_(std::move(plan)) {
    plan_.weight = at::Tensor();
    if (plan_.bias.defined()) plan_.bias = plan_.bias.contiguous();
  }

  at::Tensor run(std::vector<at::Tensor> in) const override {
    const bool unbatched = in[0].dim() == 3;
    const auto x = batch(in[0]);
    if (in.size() == 1) {
      auto out = convolve(x, empty_image(out_shape(x)), false, plan_.then);
      return unbatched ? out.squeeze(0) : out;
    }
    in[0] = at::Tensor();  // Then what is added may turn out to be nobody else's.
    auto out = sum(x, unbatched ? in[1].unsqueeze(0) : std::move(in[1]));
    return unbatched ? out.squeeze(0) : out;
  }

  std::uint64_t weight_bytes() const override {
    return weight_.bytes() + (plan_.bias.defined() ? plan_.bias.nbytes() : 0);
  }

 private:
  using Primitive = dnnl::convolution_forward;
  struct Prepared {
    Primitive::primitive_desc primitive;
    Primitive run;
    dnnl::memory weight;
  };

  at::Tensor batch(const at::Tensor& x) const {
    auto images = x.dim() == 3 && !plan_.normalised ? x.unsqueeze(0) : x;
    TORCH_CHECK(is_image(images) && images.size(1) == in_channels_, "a convolution takes fp32[n,", in_channels_,
                ",h,w], not ", x.scalar_type(), x.sizes());
    return channels_last(images);
  }

  // Shapes that are not the same are added by libtorch, which knows how to.
  at::Tensor sum(const at::Tensor& x, at::Tensor other) const {
    const auto shape = out_shape(x);
    if (is_image(other) && other.sizes() == at::IntArrayRef(shape))
      return convolve(x, writable_image(std::move(other)), true, plan_.then);
    return plan_.then.applied_to(at::add(convolve(x, empty_image(shape), false, {}), other));
  }

  // Returns `out`, to which the result is added if `adds`.
  at::Tensor convolve(const at::Tensor& x, at::Tensor out, bool adds, const Activation& then) const {
    const auto ready = prepared_.find(shape_key(x, adds), [&] { return prepare(x, out, adds, then); });
    onednn::Arguments arguments{{DNNL_ARG_SRC, onednn::view(x, ready->primitive.src_desc())},
                                {DNNL_ARG_WEIGHTS, ready->weight},
                                {DNNL_ARG_DST, onednn::view(out, ready->primitive.dst_desc())}};
    if (plan_.bias.defined()) arguments.insert({DNNL_ARG_BIAS, onednn::view(plan_.bias)});
    onednn::run(ready->run, ready->primitive.scratchpad_desc(), std::move(arguments));
    return out;
  }

  std::vector<std::int64_t> out_shape(const at::Tensor& x) const {
    std::vector<std::int64_t> shape{x.size(0), out_channels_};
    for (std::size_t i = 0; i < 2; ++i) {
      const auto reach = plan_.dilation[i] * (kernel_[i] - 1) + 1;
      shape.push_back((x.size(2 + static_cast<std::int64_t>(i)) + plan_.padding[i] + plan_.padding_after[i] - reach) /
                          plan_.stride[i] +
                      1);
    }
    return shape;
  }

  Prepared prepare(const at::Tensor& x, const at::Tensor& out, bool adds, const Activation& activation) const {
    dnnl::post_ops then;
    const auto result = onednn::describe(out.sizes().vec(), Tag::nhwc);
    if (adds) then.append_sum();
    activation.append_to(then);
    auto primitive = describe(onednn::describe(x.sizes().vec(), Tag::nhwc), result, onednn::attributes(then));
    auto weight = weight_.as(primitive.weights_desc());
    return {primitive, Primitive(primitive), weight};
  }

  Primitive::primitive_desc describe(const Desc& x, const Desc& out, const dnnl::primitive_attr& attributes) const {
    const auto weight = onednn::describe(weight_shape_, Tag::any);
    const auto bias = plan_.bias.defined() ? onednn::describe({out_channels_}, Tag::x) : Desc();
    const Dims dilation{plan_.dilation[0] - 1, plan_.dilation[1] - 1};  // oneDNN counts the gaps.
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
  const std::vector<std::int64_t> kernel_;
  const std::int64_t in_channels_;
  const std::int64_t out_channels_;
  const Packed weight_;
  ConvolutionPlan plan_;  // Constant after construction; without the weight.
  const onednn::ByShape<Prepared> prepared_;
};

}  // namespace

c10::intrusive_ptr<Kernel> make_convolution(ConvolutionPlan plan) {
  return c10::make_intrusive<ConvolutionKernel>(std::move(plan));
}

}  // namespace tideline
