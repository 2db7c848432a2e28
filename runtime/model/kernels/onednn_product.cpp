#include "runtime/model/kernels/call.h"
#include "runtime/model/kernels/packed.h"
#include "runtime/model/kernels/product_method.h"

#include <utility>

namespace tideline::kernels {
namespace {

using onednn::Dims;
using onednn::Tag;

std::shared_ptr<const onednn::Call> prepare_product(const dnnl::matmul::primitive_desc& primitive, const Packed& weight,
                                                    onednn::Arguments constant) {
  constant.insert({DNNL_ARG_WEIGHTS, weight.as(primitive.weights_desc())});
  return std::make_shared<const onednn::Call>(dnnl::matmul(primitive), primitive, std::move(constant));
}

class OnednnProduct final : public Method {
 public:
  explicit OnednnProduct(const ProductPlan& plan)
      : in_(plan.weight.size(1)),
        out_(plan.weight.size(0)),
        weight_(plan.weight, {in_, out_}, Tag::ba),
        bias_(plan.bias.defined() ? plan.bias.contiguous() : plan.bias),
        then_(plan.then) {}

  void run(const at::Tensor& from, const at::Tensor& to) const override {
    const auto rows = from.numel() / in_;
    calls_.find({rows}, [&] { return prepare(rows, from.scalar_type(), to.scalar_type()); })->run(from, to);
  }

  std::uint64_t held_bytes() const override { return weight_.held(); }

 private:
  std::shared_ptr<const onednn::Call> prepare(std::int64_t rows, at::ScalarType factors, at::ScalarType result) const {
    dnnl::post_ops then;
    then_.append_to(then);
    const auto x = onednn::describe({rows, in_}, Tag::ab, onednn::type_of(factors));
    const auto weight = onednn::describe({in_, out_}, Tag::any, onednn::type_of(factors));
    const auto bias = bias_.defined() ? onednn::describe({1, out_}, Tag::ab) : onednn::Desc();
    const auto out = onednn::describe({rows, out_}, Tag::ab, onednn::type_of(result));
    onednn::Arguments constant;
    if (bias_.defined()) constant.insert({DNNL_ARG_BIAS, onednn::view(bias_, bias)});
    return prepare_product(onednn::product(x, weight, bias, out, onednn::attributes(then)), weight_,
                           std::move(constant));
  }

  const std::int64_t in_;
  const std::int64_t out_;
  const Packed weight_;
  const at::Tensor bias_;
  const Activation then_;
  const onednn::Calls calls_;
};

class OnednnProducts final : public Method {
 public:
  explicit OnednnProducts(const at::Tensor& weights)
      : shape_(weights.sizes().vec()), weight_(weights, shape_, Tag::abc) {}

  void run(const at::Tensor& from, const at::Tensor& to) const override {
    calls_.find({from.size(1)}, [&] { return prepare(from.size(1)); })->run(from, to);
  }

  std::uint64_t held_bytes() const override { return weight_.held(); }

 private:
  std::shared_ptr<const onednn::Call> prepare(std::int64_t rows) const {
    const auto x = onednn::describe({shape_[0], rows, shape_[1]}, Tag::abc);
    const auto out = onednn::describe({shape_[0], rows, shape_[2]}, Tag::abc);
    return prepare_product(onednn::product(x, onednn::describe(shape_, Tag::any), {}, out, onednn::attributes({})),
                           weight_, {});
  }

  const Dims shape_;
  const Packed weight_;
  const onednn::Calls calls_;
};

}  // namespace

std::unique_ptr<const Method> make_onednn_product(const ProductPlan& plan) {
  return std::make_unique<OnednnProduct>(plan);
}

std::unique_ptr<const Method> make_onednn_products(const at::Tensor& weights) {
  return std::make_unique<OnednnProducts>(weights);
}

}  // namespace tideline::kernels
