#include "runtime/model/kernels/product_method.h"
#include "runtime/model/kernels/xnnpack.h"
#include "runtime/model/kernels/xnnpack_operator.h"

#include <vector>

namespace tideline::kernels {
namespace {

using xnnpack::Operator;

class XnnpackProduct final : public Method {
 public:
  explicit XnnpackProduct(const ProductPlan& plan)
      : in_(plan.weight.size(1)),
        then_(plan.then),
        product_(Operator::product(plan.weight.contiguous(), false,
                                   plan.bias.defined() ? plan.bias.contiguous() : plan.bias,
                                   xnnpack::fused_limits(plan.then).value_or(kNoLimits))) {}

  void run(const at::Tensor& from, const at::Tensor& to) const override {
    const auto x = xnnpack::readable(from);
    product_->run_rows(x.numel() / in_, x.data_ptr(), to.data_ptr());
    if (!xnnpack::fused_limits(then_)) to.copy_(then_.applied_to(to));
  }

  std::uint64_t held_bytes() const override { return product_->held_bytes(); }

 private:
  const std::int64_t in_;
  const Activation then_;
  const std::unique_ptr<const Operator> product_;
};

class XnnpackProducts final : public Method {
 public:
  explicit XnnpackProducts(const at::Tensor& weights) {
    for (std::int64_t i = 0; i < weights.size(0); ++i)
      products_.push_back(Operator::product(weights.select(0, i).contiguous(), true, {}, kNoLimits));
  }

  // REQUIRES: `from` has libtorch's memory.
  void run(const at::Tensor& from, const at::Tensor& to) const override {
    const auto rows = from.size(1);
    for (std::size_t i = 0; i < products_.size(); ++i) {
      const auto plane = static_cast<std::int64_t>(i);
      products_[i]->run_rows(rows, from.data_ptr<float>() + plane * rows * from.size(2),
                             to.data_ptr<float>() + plane * rows * to.size(2));
    }
  }

  std::uint64_t held_bytes() const override {
    std::uint64_t bytes = 0;
    for (const auto& product : products_) bytes += product->held_bytes();
    return bytes;
  }

 private:
  std::vector<std::unique_ptr<const Operator>> products_;  // One per plane. Constant after construction.
};

}  // namespace

std::unique_ptr<const Method> make_xnnpack_product(const ProductPlan& plan) {
  return std::make_unique<XnnpackProduct>(plan);
}

std::unique_ptr<const Method> make_xnnpack_products(const at::Tensor& weights) {
  return std::make_unique<XnnpackProducts>(weights);
}

}  // namespace tideline::kernels
