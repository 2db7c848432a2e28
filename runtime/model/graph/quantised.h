// Quantised: tensors of int8 networks, stored as whole numbers with a scale. The whole numbers cross a cut.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tideline::graph {

// The meaning of the numbers: (number - zero) * scale, the same for the whole tensor.
struct Quantisation {
  at::ScalarType type = at::kQUInt8;
  double scale = 1;
  std::int64_t zero = 0;
  friend bool operator==(const Quantisation& a, const Quantisation& b) {
    return a.type == b.type && a.scale == b.scale && a.zero == b.zero;
  }
  friend bool operator!=(const Quantisation& a, const Quantisation& b) { return !(a == b); }
};

// Returns why a quantised tensor cannot cross as its numbers, such as "is quantised to less than a byte"; empty iff it
// can.
std::string why_not_as_numbers(const at::Tensor& tensor);

// REQUIRES: it is quantised, and why_not_as_numbers() is empty.
Quantisation quantisation_of(const at::Tensor& tensor);

// Returns the whole numbers of a quantised tensor, in the same order in memory. REQUIRES: as above.
at::Tensor numbers_of(const at::Tensor& tensor);

// Returns a new quantised tensor of those numbers with those strides. REQUIRES: dense strides.
at::Tensor quantised(const at::Tensor& numbers, const std::vector<std::int64_t>& strides, const Quantisation& as);

}  // namespace tideline::graph
