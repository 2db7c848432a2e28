#include "runtime/model/kernels/call.h"
#include "runtime/model/kernels/pooling_method.h"

#include <utility>

namespace tideline::kernels {
namespace {

using onednn::Desc;
using onednn::Tag;

dnnl::algorithm algorithm_of(PoolingPlan::Of of) {
  if (of == PoolingPlan::Of::largest) return dnnl::algorithm::pooling_max;
  return of == PoolingPlan::Of::mean ? dnnl::algorithm::pooling_avg_exclude_padding
                                     : dnnl::algorithm::pooling_avg_include_padding;
}

class OnednnPooling final : public Method {
 public:
  explicit OnednnPooling(PoolingPlan plan) : plan_(std::move(plan)) {}

  void run(const at::Tensor& from, const at::Tensor& to) const override {
    calls_.find(from.sizes().vec(), [&] { return prepare(from, to); })->run(from, to);
  }

 private:
  using Primitive = dnnl::pooling_forward;

  std::shared_ptr<const onednn::Call> prepare(const at::Tensor& from, const at::Tensor& to) const {
    const auto type = onednn::type_of(from.scalar_type());
    const auto primitive =
        describe(onednn::describe(from.sizes().vec(), Tag::nhwc, type),
                 onednn::describe(to.sizes().vec(), Tag::nhwc, type), padding_after(plan_, from, to));
    return std::make_shared<const onednn::Call>(Primitive(primitive), primitive, onednn::Arguments());
  }

  Primitive::primitive_desc describe(const Desc& x, const Desc& out, const onednn::Dims& after) const {
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

std::unique_ptr<const Method> make_onednn_pooling(PoolingPlan plan) {
  return std::make_unique<OnednnPooling>(std::move(plan));
}

}  // namespace tideline::kernels
