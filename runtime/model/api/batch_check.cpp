#include "runtime/model/api/batch_check.h"

#include "runtime/model/graph/stack.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace tideline::model {
namespace {

// Changes to standard normal numbers, one per request. They give the requests different means, maxima and signs, on
// which a batch might depend. Two ranges are those that networks usually take: bytes of an image, and numbers from 0 to
// 1.
struct Change {
  float factor = 1;
  float offset = 0;
};
constexpr std::array kChanges{Change{40, 128}, Change{-1e-3F, -1e-3F}, Change{}, Change{0.15F, 0.5F}};

std::vector<Tensor> changed(std::vector<Tensor> tensors, const Change& change) {
  for (Tensor& tensor : tensors) {
    if (tensor.dtype() != DType::fp32) continue;
    std::vector<float> numbers(tensor.floats().begin(), tensor.floats().end());
    for (float& number : numbers) number = change.factor * number + change.offset;
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

using Requests = std::vector<std::vector<Tensor>>;

// One request per change, as far as the model's largest batch allows.
Requests requests_at(const Model& model, std::uint32_t cut, std::int64_t rows) {
  const std::int64_t most = model.takes_any_batch() ? model.max_batch() / rows : std::ssize(kChanges);
  const std::vector<TensorSpec> specs = at_batch(model.cuts()[cut].tensors, rows);
  Requests requests;
  for (std::int64_t i = 0; i < std::clamp<std::int64_t>(most, 2, std::ssize(kChanges)); ++i) {
    const auto place = static_cast<std::size_t>(i);
    requests.push_back(changed(random_tensors(specs, place + 1), kChanges[place]));
  }
  return requests;
}

Result<void> try_together(const Model& model, Range range, const Requests& requests, const Requests& alone) {
  const std::int64_t count = std::ssize(requests);
  auto together = model.run_together(range, graph::stacked(requests), count);
  if (!together) return together.error().within("the network does not accept several requests at once");
  const Requests apart = graph::unstacked(*std::move(together), count);
  const float tolerance = model.precision() == Precision::fp32 ? 1e-3F : 5e-2F;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (near(alone[i], apart[i], tolerance)) continue;
    return error(ErrorKind::invalid,
                 "several requests at once get other results than each alone, so they depend on each other");
  }
  return {};
}

}  // namespace

Result<void> rows_stay_apart(const Model& model, Range range, std::int64_t rows) {
  if (auto proved = model.keeps_apart(range, rows); !proved) return proved;
  Requests requests = requests_at(model, range.from, rows);
  Requests alone;
  for (const std::vector<Tensor>& request : requests) {
    auto result = model.run(range, request);
    if (!result) return result.error();
    alone.push_back(*std::move(result));
  }
  if (auto tried = try_together(model, range, requests, alone); !tried) return tried;
  std::ranges::reverse(requests);
  std::ranges::reverse(alone);
  return try_together(model, range, requests, alone);
}

}  // namespace tideline::model
