#include "runtime/model/graph/arguments.h"

#include <torch/csrc/jit/ir/constants.h>

#include <utility>

namespace tideline::graph {

std::optional<at::IValue> Arguments::constant(std::size_t i) const {
  if (i >= node_.inputs().size()) return std::nullopt;
  auto value = torch::jit::toIValue(node_.inputs()[i]);
  if (!value) return std::nullopt;
  return std::move(*value);
}

std::optional<at::Tensor> Arguments::weights(std::size_t i, std::int64_t dims) const {
  const auto value = constant(i);
  if (!value || !value->isTensor()) return std::nullopt;
  const at::Tensor& tensor = value->toTensor();
  const bool plain =
      tensor.defined() && tensor.layout() == at::kStrided && tensor.device().is_cpu() && tensor.numel() > 0;
  if (!plain || tensor.scalar_type() != at::kFloat || tensor.dim() != dims) return std::nullopt;
  return tensor;
}

std::optional<at::Tensor> Arguments::optional_weights(std::size_t i, std::int64_t dims) const {
  return is_none(i) ? at::Tensor() : weights(i, dims);
}

std::optional<std::vector<std::int64_t>> Arguments::pair(std::size_t i, const std::vector<std::int64_t>& absent) const {
  const auto value = constant(i);
  if (!value || !value->isIntList()) return std::nullopt;
  auto numbers = value->toIntVector();
  if (numbers.empty() && !absent.empty()) return absent;
  if (numbers.size() == 1) numbers.push_back(numbers.front());
  if (numbers.size() != 2) return std::nullopt;
  return numbers;
}

std::optional<std::int64_t> Arguments::whole(std::size_t i) const {
  const auto value = constant(i);
  return value && value->isInt() ? std::optional(value->toInt()) : std::nullopt;
}

std::optional<double> Arguments::real(std::size_t i) const {
  const auto value = constant(i);
  return value && value->isScalar() ? std::optional(value->toScalar().toDouble()) : std::nullopt;
}

std::optional<std::array<std::int64_t, 4>> Arguments::border(std::size_t i) const {
  const auto value = constant(i);
  if (!value || !value->isIntList()) return std::nullopt;
  const auto numbers = value->toIntVector();
  if (numbers.size() != 4) return std::nullopt;
  return std::array{numbers[0], numbers[1], numbers[2], numbers[3]};
}

std::optional<std::string> Arguments::text(std::size_t i) const {
  const auto value = constant(i);
  return value && value->isString() ? std::optional(value->toStringRef()) : std::nullopt;
}

std::optional<bool> Arguments::flag(std::size_t i) const {
  const auto value = constant(i);
  return value && value->isBool() ? std::optional(value->toBool()) : std::nullopt;
}

bool Arguments::is_none(std::size_t i) const {
  const auto value = constant(i);
  return value && value->isNone();
}

}  // namespace tideline::graph
