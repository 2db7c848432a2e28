#include "runtime/model/graph/stack.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tideline::graph {

bool can_be_stacked(std::span<const TensorSpec> specs) {
  return std::ranges::none_of(specs, [](const TensorSpec& spec) { return spec.shape.empty(); });
}

std::vector<Tensor> stacked(const std::vector<std::vector<Tensor>>& requests) {
  if (requests.size() == 1) return requests.front();
  std::vector<Tensor> together;
  for (std::size_t i = 0; i < requests.front().size(); ++i) {
    const Tensor& first = requests.front()[i];
    const std::size_t size = first.bytes().size();
    const auto memory = aligned_bytes(size * requests.size());
    std::byte* at = memory.get();
    for (const std::vector<Tensor>& request : requests) {
      std::memcpy(at, request[i].bytes().data(), size);
      at += size;
    }
    Shape shape = first.shape();
    shape.front() *= static_cast<std::int64_t>(requests.size());
    together.emplace_back(first.dtype(), std::move(shape), memory, size * requests.size());
  }
  return together;
}

std::vector<std::vector<Tensor>> unstacked(std::vector<Tensor> tensors, std::int64_t count) {
  if (count == 1) return {std::move(tensors)};
  std::vector<std::vector<Tensor>> requests(static_cast<std::size_t>(count));
  for (const Tensor& tensor : tensors) {
    Shape shape = tensor.shape();
    shape.front() /= count;
    const std::size_t size = tensor.bytes().size() / requests.size();
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const std::shared_ptr<const std::byte> part(tensor.data(), tensor.data().get() + i * size);
      requests[i].emplace_back(tensor.dtype(), shape, part, size);
    }
  }
  return requests;
}

}  // namespace tideline::graph
