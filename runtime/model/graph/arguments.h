// Arguments: the inputs of an operator as the constants that they are, read one by one.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/ir/ir.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tideline {

// Each asks for input i, and returns nothing where that is missing, no constant, or of another type.
class Arguments {
 public:
  explicit Arguments(const torch::jit::Node& node) : node_(node) {}

  // REQUIRES of `dims`: of the tensor; fp32 only.
  std::optional<at::Tensor> weights(std::size_t i, std::int64_t dims) const;
  // The same, and an undefined tensor for None.
  std::optional<at::Tensor> optional_weights(std::size_t i, std::int64_t dims) const;
  // Two numbers, height and width; one stands for both, and none for `absent`.
  std::optional<std::vector<std::int64_t>> pair(std::size_t i, const std::vector<std::int64_t>& absent = {}) const;
  // Left, right, above, below.
  std::optional<std::array<std::int64_t, 4>> border(std::size_t i) const;
  std::optional<std::int64_t> whole(std::size_t i) const;
  std::optional<double> real(std::size_t i) const;  // A whole number will do.
  std::optional<std::string> text(std::size_t i) const;
  std::optional<bool> flag(std::size_t i) const;
  bool is_none(std::size_t i) const;

 private:
  std::optional<at::IValue> constant(std::size_t i) const;

  const torch::jit::Node& node_;
};

}  // namespace tideline
