#include "runtime/model/kernels/fp16_tensors.h"
#include "runtime/model/kernels/images.h"
#include "runtime/model/kernels/pooling_method.h"
#include "runtime/model/kernels/xnnpack.h"
#include "runtime/model/kernels/xnnpack_operator.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace tideline::kernels {
namespace {

using xnnpack::Operator;
using xnnpack::Windows;

// XNNPACK's mean leaves out the padding. With padding, it is a convolution of each channel with equal weights.
std::unique_ptr<const Operator> mean_with_padding(const Windows& windows, std::int64_t channels) {
  const auto shape = std::vector<std::int64_t>{channels, windows.size[0], windows.size[1], 1};
  const auto part = 1 / static_cast<double>(windows.size[0] * windows.size[1]);
  return Operator::convolution(windows, channels, at::full(shape, part, at::TensorOptions(at::kFloat)), {}, kNoLimits);
}

class XnnpackPooling final : public Method {
 public:
  explicit XnnpackPooling(PoolingPlan plan) : plan_(std::move(plan)) {}

  // Means of fp16 are computed in fp32: XNNPACK of 2022 has no operator for them.
  void run(const at::Tensor& from, const at::Tensor& to) const override {
    if (plan_.of == PoolingPlan::Of::largest || from.scalar_type() == at::kFloat) return pool(from, to);
    in_fp32(from, to, [this](const at::Tensor& wide_from, const at::Tensor& wide_to) { pool(wide_from, wide_to); });
  }

  std::uint64_t held_bytes() const override {
    const std::lock_guard lock(m_);
    std::uint64_t bytes = 0;
    for (const auto& [key, one] : operators_) bytes += one->held_bytes();
    return bytes;
  }

 private:
  using Key = std::pair<std::int64_t, std::vector<std::int64_t>>;  // Channels, and the padding after the image.

  void pool(const at::Tensor& from, const at::Tensor& to) const {
    const auto after = padding_after(plan_, from, to);
    operator_for(from, {std::max<std::int64_t>(after[0], 0), std::max<std::int64_t>(after[1], 0)})
        .run_images(xnnpack::readable(from), to);
  }

  // All images of one kernel have one type.
  const Operator& operator_for(const at::Tensor& from, const std::vector<std::int64_t>& after) const {
    const std::lock_guard lock(m_);
    auto& slot = operators_[{from.size(1), after}];
    if (!slot) slot = make(from, {plan_.window, plan_.stride, plan_.padding, after, {1, 1}});
    return *slot;
  }

  std::unique_ptr<const Operator> make(const at::Tensor& from, const Windows& windows) const {
    const auto channels = from.size(1);
    const bool padded = std::max(plan_.padding[0], plan_.padding[1]) > 0;
    if (plan_.of == PoolingPlan::Of::largest) return Operator::largest(windows, channels, from.scalar_type());
    if (plan_.of == PoolingPlan::Of::mean_with_padding && padded) return mean_with_padding(windows, channels);
    return Operator::mean(windows, channels);
  }

  const PoolingPlan plan_;
  mutable std::mutex m_;
  mutable std::map<Key, std::unique_ptr<const Operator>> operators_;  // Guarded by m_; never removed.
};

}  // namespace

std::unique_ptr<const Method> make_xnnpack_pooling(PoolingPlan plan) {
  const auto& window = plan.window;
  const bool fits = window[0] * window[1] > 1 && plan.stride[0] <= window[0] && plan.stride[1] <= window[1];
  return fits ? std::make_unique<XnnpackPooling>(std::move(plan)) : nullptr;
}

}  // namespace tideline::kernels
