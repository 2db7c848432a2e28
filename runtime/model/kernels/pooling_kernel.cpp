#include "runtime/model/kernels/pooling_kernel.h"

#include "runtime/model/kernels/fp16_tensors.h"
#include "runtime/model/kernels/images.h"

#include <ATen/Functions.h>

#include <utility>

namespace tideline::kernels {
namespace {

class PoolingKernel final : public Kernel {
 public:
  PoolingKernel(PoolingPlan plan, Library library)
      : plan_(std::move(plan)),
        method_(library == Library::xnnpack ? make_xnnpack_pooling(plan_) : make_onednn_pooling(plan_)) {}

  at::Tensor run(std::vector<at::Tensor> in) const override {
    if (!takes(in[0])) return by_libtorch(in[0]);
    if (!is_image(in[0])) return in_type(by_libtorch(in[0].to(at::kFloat)), numbers().result);
    const auto x = channels_last(in[0], numbers().result);
    if (!method_) return in_type(by_libtorch(x.to(at::kFloat)), numbers().result);
    auto out = empty_image({x.size(0), x.size(1), windows(x.size(2), 0), windows(x.size(3), 1)}, numbers().result);
    method_->run(x, out);
    return out;
  }

  bool keeps_apart(std::int64_t dim, std::int64_t rank) const override { return dim < rank - 2; }

  std::uint64_t weight_bytes() const override { return 0; }

  std::uint64_t held_bytes() const override { return method_ ? method_->held_bytes() : 0; }

 private:
  at::Tensor by_libtorch(const at::Tensor& x) const {
    if (plan_.of == PoolingPlan::Of::largest) {
      return at::max_pool2d(x, plan_.window, plan_.stride, plan_.padding, {1, 1}, plan_.rounds_up);
    }
    return at::avg_pool2d(x, plan_.window, plan_.stride, plan_.padding, plan_.rounds_up,
                          plan_.of == PoolingPlan::Of::mean_with_padding);
  }

  // Returns the number of windows along a side, by the rule of torch.nn.MaxPool2d.
  std::int64_t windows(std::int64_t side, std::size_t i) const {
    const auto rest = side + 2 * plan_.padding[i] - plan_.window[i] + (plan_.rounds_up ? plan_.stride[i] - 1 : 0);
    const auto count = rest / plan_.stride[i] + 1;
    const bool starts_outside = plan_.rounds_up && (count - 1) * plan_.stride[i] >= side + plan_.padding[i];
    return starts_outside ? count - 1 : count;
  }

  const PoolingPlan plan_;
  const std::unique_ptr<const Method> method_;  // Null: libtorch computes.
};

}  // namespace

std::vector<std::int64_t> padding_after(const PoolingPlan& plan, const at::Tensor& from, const at::Tensor& to) {
  std::vector<std::int64_t> after(2);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto at = static_cast<std::int64_t>(i) + 2;
    after[i] = (to.size(at) - 1) * plan.stride[i] + plan.window[i] - from.size(at) - plan.padding[i];
  }
  return after;
}

c10::intrusive_ptr<Kernel> make_pooling(PoolingPlan plan, Library library) {
  return c10::make_intrusive<PoolingKernel>(std::move(plan), library);
}

}  // namespace tideline::kernels
