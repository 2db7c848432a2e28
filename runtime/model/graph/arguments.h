// Arguments: reads the inputs of an operator as constants, one by one.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/ir/ir.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tideline::graph {

// Each function reads input i. It returns nothing if that is missing, not a constant, or of another type.
class Arguments {
 public:
  explicit Arguments(const torch::jit::Node& node) : node_(node) {}

  // fp32 only. `dims` is the tensor's number of dimensions.
  std::optional<at::Tensor> weights(std::size_t i, std::int64_t dims) const;
  // The same, with an undefined tensor for None.
  std::optional<at::Tensor> optional_weights(std::size_t i, std::int64_t dims) const;
  // Height and width. One number stands for both; an empty list stands for `absent`.
  std::optional<std::vector<std::int64_t>> pair(std::size_t i, const std::vector<std::int64_t>& absent = {}) const;
  // Left, right, above, below.
  std::optional<std::array<std::int64_t, 4>> border(std::size_t i) const;
  std::optional<std::int64_t> whole(std::size_t i) const;
  std::optional<double> real(std::size_t i) const;  // Accepts whole numbers, too.
  std::optional<std::string> text(std::size_t i) const;
  std::optional<bool> flag(std::size_t i) const;
  bool is_none(std::size_t i) const;

 private:
  std::optional<at::IValue> constant(std::size_t i) const;

  const torch::jit::Node& node_;
};

}  // namespace tideline::graph
