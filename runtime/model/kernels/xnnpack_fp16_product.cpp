#include "runtime/model/kernels/fp16_tensors.h"
#include "runtime/model/kernels/product_method.h"
#include "runtime/model/kernels/xnnpack.h"
#include "runtime/model/kernels/xnnpack_operator.h"

#include <ATen/Functions.h>

namespace tideline::kernels {
namespace {

std::unique_ptr<const xnnpack::Operator> fp16_product_of(const ProductPlan& plan) {
  const auto bias = plan.bias.defined() ? in_type(plan.bias.contiguous(), at::kHalf) : plan.bias;
  return xnnpack::Operator::product(in_type(plan.weight.contiguous(), at::kHalf), false, bias, kNoLimits);
}

class XnnpackFp16Product final : public Method {
 public:
  explicit XnnpackFp16Product(const ProductPlan& plan)
      : in_(plan.weight.size(1)), then_(plan.then), product_(fp16_product_of(plan)) {}

  void run(const at::Tensor& from, const at::Tensor& to) const override {
    const auto x = xnnpack::readable(from);
    const auto sums = to.scalar_type() == at::kHalf ? to : at::empty_like(to, at::TensorOptions(at::kHalf));
    product_->run_rows(x.numel() / in_, x.data_ptr(), sums.data_ptr());
    finish_fp16(sums, false, then_, to);
  }

  std::uint64_t held_bytes() const override { return product_->held_bytes(); }

 private:
  const std::int64_t in_;
  const Activation then_;
  const std::unique_ptr<const xnnpack::Operator> product_;
};

}  // namespace

std::unique_ptr<const Method> make_xnnpack_fp16_product(const ProductPlan& plan) {
  return std::make_unique<XnnpackFp16Product>(plan);
}

}  // namespace tideline::kernels
