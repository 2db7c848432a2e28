#include "runtime/model/together.h"

#include "runtime/model/stack.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace tideline {
namespace {

// Other numbers of another size and another mean: what a batch has in common then shows in both.
std::vector<Tensor> moved(std::vector<Tensor> tensors) {
  for (Tensor& tensor : tensors) {
    if (tensor.dtype() != DType::fp32) continue;
    std::vector<float> numbers(tensor.floats().begin(), tensor.floats().end());
    for (float& number : numbers) number = 2 * number + 1;
    tensor = Tensor::copy_of(DType::fp32, tensor.shape(), std::as_bytes(std::span(numbers)));
  }
  return tensors;
}

bool near(const Tensor& a, const Tensor& b, float tolerance) {
  if (a.dtype() != DType::fp32 || b.dtype() != DType::fp32 || a.shape() != b.shape()) return identical(a, b);
  float most = 0;
  for (const float number : a.floats())
    if (std::isfinite(number)) most = std::max(most, std::fabs(number));
  const auto same = [&](float x, float y) {
    return x == y || (std::isnan(x) && std::isnan(y)) || std::fabs(x - y) <= tolerance * most;
  };
  return std::ranges::equal(a.floats(), b.floats(), same);
}

bool near(const std::vector<Tensor>& a, const std::vector<Tensor>& b, float tolerance) {
  return std::ranges::equal(a, b, [&](const Tensor& x, const Tensor& y) { return near(x, y, tolerance); });
}

}  // namespace

Result<void> rows_stay_apart(const Model& model, Range range, std::int64_t rows) {
  const std::vector<TensorSpec> specs = at_batch(model.cuts()[range.from].tensors, rows);
  const std::vector<std::vector<Tensor>> requests{random_tensors(specs, 1), moved(random_tensors(specs, 2))};
  auto together = model.run_together(range, stacked(requests), 2);
  if (!together) return together.error().within("it does not take two at once");
  const std::vector<std::vector<Tensor>> apart = unstacked(*std::move(together), 2);
  const float tolerance = model.precision() == Precision::fp32 ? 1e-3F : 5e-2F;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto alone = model.run(range, requests[i]);
    if (!alone) return alone.error();
    if (near(*alone, apart[i], tolerance)) continue;
    return error(ErrorKind::invalid,
                 "two at once get other results than each alone, so that they depend on each other");
  }
  return {};
}

}  // namespace tideline
