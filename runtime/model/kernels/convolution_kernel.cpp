#include "runtime/model/kernels/convolution_kernel.h"

#include "runtime/model/kernels/fp16_tensors.h"
#include "runtime/model/kernels/images.h"

#include <ATen/Functions.h>

#include <mutex>
#include <utility>

namespace tideline::kernels {
namespace {

class ConvolutionKernel final : public Kernel {
 public:
  ConvolutionKernel(ConvolutionPlan plan, Library library)
      : library_(library),
        kernel_({plan.weight.size(2), plan.weight.size(3)}),
        in_channels_(plan.weight.size(1) * plan.groups),
        out_channels_(plan.weight.size(0)),
        weight_count_(plan.weight.numel()),
        plan_(std::move(plan)) {
    if (plan_.bias.defined()) plan_.bias = plan_.bias.contiguous();
  }

  at::Tensor run(std::vector<at::Tensor> in) const override {
    const bool unbatched = in[0].dim() == 3;
    const auto x = batch(in[0]);
    if (in.size() == 1) {
      const auto shape = out_shape(x);
      auto out = method_for(shape).run(x, empty_image(shape, numbers().result), false, plan_.then);
      return unbatched ? out.squeeze(0) : out;
    }
    in[0] = at::Tensor();  // Then the other operand may have no other owner.
    auto out = sum(x, unbatched ? in[1].unsqueeze(0) : std::move(in[1]));
    return unbatched ? out.squeeze(0) : out;
  }

  bool keeps_apart(std::int64_t dim, std::int64_t rank) const override { return rank == 4 && dim == 0; }

  std::optional<float> largest_weight() const override {
    const std::lock_guard lock(m_);
    return plan_.weight.defined() ? largest_of(plan_.weight, plan_.bias) : 0;
  }

  std::uint64_t weight_bytes() const override {
    return weight_count_ * c10::elementSize(numbers().factors) + (plan_.bias.defined() ? plan_.bias.nbytes() : 0);
  }

  std::uint64_t held_bytes() const override {
    const std::lock_guard lock(m_);
    if (!method_) return weight_bytes();
    return method_->held_bytes() + (plan_.bias.defined() ? plan_.bias.nbytes() : 0);
  }

 private:
  at::Tensor batch(const at::Tensor& x) const {
    auto images = x.dim() == 3 && !plan_.normalised ? x.unsqueeze(0) : x;
    TORCH_CHECK(is_image(images) && takes(images) && images.size(1) == in_channels_, "a convolution takes fp32[n,",
                in_channels_, ",h,w], not ", x.scalar_type(), x.sizes());
    return channels_last(images, numbers().factors);
  }

  // libtorch adds shapes that differ.
  at::Tensor sum(const at::Tensor& x, at::Tensor other) const {
    const auto shape = out_shape(x);
    const auto& method = method_for(shape);
    if (is_image(other) && takes(other) && other.sizes() == at::IntArrayRef(shape))
      return method.run(x, writable_image(std::move(other), numbers().result), true, plan_.then);
    const auto out = plan_.then.applied_to(at::add(method.run(x, empty_image(shape, at::kFloat), false, {}), other));
    return out.scalar_type() == at::kFloat ? in_type(out, numbers().result) : out;
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

  const ConvolutionMethod& method_for(const std::vector<std::int64_t>& out) const {
    const std::lock_guard lock(m_);
    if (!method_) {
      const bool may = numbers().factors == at::kFloat && !spares_memory();
      method_ = may && suits_winograd(plan_, out[2], out[3]) ? make_winograd_convolution(plan_, library_)
                : numbers().factors == at::kHalf             ? make_xnnpack_fp16_convolution(plan_)
                : library_ == Library::xnnpack               ? make_xnnpack_convolution(plan_)
                                                             : make_direct_convolution(plan_);
      plan_.weight = at::Tensor();
    }
    return *method_;
  }

  const Library library_;
  const std::vector<std::int64_t> kernel_;
  const std::int64_t in_channels_;
  const std::int64_t out_channels_;
  const std::uint64_t weight_count_;
  mutable std::mutex m_;
  mutable std::unique_ptr<const ConvolutionMethod> method_;  // Guarded by m_ until it is set.
  mutable ConvolutionPlan plan_;                             // Constant after construction, except for the weight.
};

}  // namespace

c10::intrusive_ptr<Kernel> make_convolution(ConvolutionPlan plan, Library library) {
  return c10::make_intrusive<ConvolutionKernel>(std::move(plan), library);
}

}  // namespace tideline::kernels
