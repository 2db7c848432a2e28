#include "runtime/model/kernels/pooling_kernel.h"

#include "runtime/model/kernels/call.h"
#include "runtime/model/kernels/images.h"

#include <ATen/Functions.h>

#include <utility>

namespace tideline::kernels {
namespace {

using onednn::Desc;
using onednn::Dims;
using onednn::Tag;

dnnl::algorithm algorithm_of(PoolingPlan::Of of) {
  if (of == PoolingPlan::Of::largest) return dnnl::algorithm::pooling_max;
  return of == PoolingPlan::Of::mean ? dnnl::algorithm::pooling_avg_exclude_padding
                                     : dnnl::algorithm::pooling_avg_include_padding;
}

class PoolingKernel final : public Kernel {
 public:
  explicit PoolingKernel(PoolingPlan plan) : plan_(std::move(plan)) {}

  at::Tensor run(std::vector<at::Tensor> in) const override {
    if (!takes(in[0])) return by_libtorch(in[0]);
    if (!is_image(in[0])) return by_libtorch(in[0].to(at::kFloat)).to(numbers().result);
    const auto x = channels_last(in[0], numbers().result);
    auto out = empty_image({x.size(0), x.size(1), windows(x.size(2), 0), windows(x.size(3), 1)}, numbers().result);
    calls_.find(x.sizes().vec(), [&] { return prepare(x, out); })->run(x, out);
    return out;
  }

  bool keeps_apart(std::int64_t dim, std::int64_t rank) const override { return dim < rank - 2; }

  std::uint64_t weight_bytes() const override { return 0; }

 private:
  using Primitive = dnnl::pooling_forward;

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

  std::shared_ptr<const onednn::Call> prepare(const at::Tensor& x, const at::Tensor& out) const {
    Dims after(2);
    for (std::size_t i = 0; i < 2; ++i) {
      const auto at = static_cast<std::int64_t>(i) + 2;
      after[i] = (out.size(at) - 1) * plan_.stride[i] + plan_.window[i] - x.size(at) - plan_.padding[i];
    }
    const auto type = onednn::type_of(numbers().result);
    const auto primitive = describe(onednn::describe(x.sizes().vec(), Tag::nhwc, type),
                                    onednn::describe(out.sizes().vec(), Tag::nhwc, type), after);
    return std::make_shared<const onednn::Call>(Primitive(primitive), primitive, onednn::Arguments());
  }

  Primitive::primitive_desc describe(const Desc& x, const Desc& out, const Dims& after) const {
    constexpr auto kKind = dnnl::prop_kind::forward_inference;
    const auto how = algorithm_of(plan_.of);
    const auto attributes = onednn::attributes({});
#if DNNL_VERSION_MAJOR >= 3
    return {onednn::engine(), kKind, how, x, out, plan_.stride, plan_.window, {0, 0}, plan_.padding, after, attributes};
#else
    return {{kKind, how, x, out, plan_.stride, plan_.window, plan_.padding, after}, attributes, onednn::engine()};
#endif
  }

  const PoolingPlan plan_;
  const onednn::Calls calls_;
};

}  // namespace

c10::intrusive_ptr<Kernel> make_pooling(PoolingPlan plan) {
  return c10::make_intrusive<PoolingKernel>(std::move(plan));
}

}  // namespace tideline::kernels
