#include "runtime/model/kernels/product_kernel.h"

#include "runtime/model/kernels/fp16_tensors.h"

#include <ATen/Functions.h>

#include <mutex>
#include <utility>

namespace tideline::kernels {
namespace {

class ProductKernel final : public Kernel {
 public:
  ProductKernel(ProductPlan plan, Library library)
      : library_(library),
        in_(plan.weight.size(1)),
        out_(plan.weight.size(0)),
        weight_count_(static_cast<std::uint64_t>(plan.weight.numel())),
        bias_bytes_(plan.bias.defined() ? plan.bias.nbytes() : 0),
        plan_(std::move(plan)) {}

  at::Tensor run(std::vector<at::Tensor> in) const override {
    TORCH_CHECK(in[0].dim() > 0 && in[0].size(-1) == in_ && takes(in[0]), "a linear layer takes fp32[...,", in_,
                "], not ", in[0].scalar_type(), in[0].sizes());
    const auto x = in_type(in[0], numbers().factors).contiguous();
    auto shape = x.sizes().vec();
    shape.back() = out_;
    const auto out = at::empty(shape, at::TensorOptions(numbers().result));
    method().run(x, out);
    return out;
  }

  bool keeps_apart(std::int64_t dim, std::int64_t rank) const override { return dim < rank - 1; }

  std::optional<float> largest_weight() const override {
    const std::lock_guard lock(m_);
    return plan_.weight.defined() ? largest_of(plan_.weight, plan_.bias) : 0;
  }

  std::uint64_t weight_bytes() const override {
    return weight_count_ * c10::elementSize(numbers().factors) + bias_bytes_;
  }

  std::uint64_t held_bytes() const override {
    const std::lock_guard lock(m_);
    return method_ ? method_->held_bytes() + bias_bytes_ : weight_bytes();
  }

 private:
  const Method& method() const {
    const std::lock_guard lock(m_);
    if (!method_) {
      method_ = numbers().factors == at::kHalf ? make_xnnpack_fp16_product(plan_)
                : library_ == Library::xnnpack ? make_xnnpack_product(plan_)
                                               : make_onednn_product(plan_);
      plan_ = {};
    }
    return *method_;
  }

  const Library library_;
  const std::int64_t in_;
  const std::int64_t out_;
  const std::uint64_t weight_count_;
  const std::uint64_t bias_bytes_;
  mutable std::mutex m_;
  mutable std::unique_ptr<const Method> method_;  // Guarded by m_ until it is set.
  mutable ProductPlan plan_;                      // Guarded by m_. Empty once there is a method.
};

}  // namespace

c10::intrusive_ptr<Kernel> make_product(ProductPlan plan, Library library) {
  return c10::make_intrusive<ProductKernel>(std::move(plan), library);
}

}  // namespace tideline::kernels
