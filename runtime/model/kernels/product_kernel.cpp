#include "runtime/model/kernels/product_kernel.h"

#include "runtime/model/kernels/call.h"
#include "runtime/model/kernels/packed.h"

#include <ATen/Functions.h>

#include <utility>

namespace tideline::kernels {
namespace {

using onednn::Tag;

class ProductKernel final : public Kernel {
 public:
  explicit ProductKernel(const ProductPlan& plan)
      : in_(plan.weight.size(1)),
        out_(plan.weight.size(0)),
        weight_(plan.weight, {in_, out_}, Tag::ba),
        bias_(plan.bias.defined() ? plan.bias.contiguous() : plan.bias),
        then_(plan.then) {}

  at::Tensor run(std::vector<at::Tensor> in) const override {
    TORCH_CHECK(in[0].dim() > 0 && in[0].size(-1) == in_ && takes(in[0]), "a linear layer takes fp32[...,", in_,
                "], not ", in[0].scalar_type(), in[0].sizes());
    const auto x = in[0].to(numbers().factors).contiguous();
    auto shape = x.sizes().vec();
    shape.back() = out_;
    const auto out = at::empty(shape, at::TensorOptions(numbers().result));
    const auto rows = x.numel() / in_;
    calls_.find({rows}, [&] { return prepare(rows); })->run(x, out);
    return out;
  }

  bool keeps_apart(std::int64_t dim, std::int64_t rank) const override { return dim < rank - 1; }

  std::uint64_t weight_bytes() const override {
    return weight_.bytes_in(numbers().factors) + (bias_.defined() ? bias_.nbytes() : 0);
  }

  std::uint64_t held_bytes() const override { return weight_.held() + (bias_.defined() ? bias_.nbytes() : 0); }

 private:
  std::shared_ptr<const onednn::Call> prepare(std::int64_t rows) const {
    dnnl::post_ops then;
    then_.append_to(then);
    const auto factors = onednn::type_of(numbers().factors);
    const auto x = onednn::describe({rows, in_}, Tag::ab, factors);
    const auto weight = onednn::describe({in_, out_}, Tag::any, factors);
    const auto bias = bias_.defined() ? onednn::describe({1, out_}, Tag::ab) : onednn::Desc();
    const auto out = onednn::describe({rows, out_}, Tag::ab, onednn::type_of(numbers().result));
    const auto primitive = onednn::product(x, weight, bias, out, onednn::attributes(then));
    onednn::Arguments constant{{DNNL_ARG_WEIGHTS, weight_.as(primitive.weights_desc())}};
    if (bias_.defined()) constant.insert({DNNL_ARG_BIAS, onednn::view(bias_, bias)});
    return std::make_shared<const onednn::Call>(dnnl::matmul(primitive), primitive, std::move(constant));
  }

  const std::int64_t in_;
  const std::int64_t out_;
  const Packed weight_;
  const at::Tensor bias_;
  const Activation then_;
  const onednn::Calls calls_;
};

}  // namespace

c10::intrusive_ptr<Kernel> make_product(const ProductPlan& plan) {
  return c10::make_intrusive<ProductKernel>(plan);
}

}  // namespace tideline::kernels
