// Tensors that tests make by hand.
#pragma once

#include "runtime/base/tensor.h"

#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace tideline::task {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

inline Tensor tensor(Shape shape, const std::vector<float>& numbers) {
  return Tensor::copy_of(DType::fp32, std::move(shape), std::as_bytes(std::span(numbers)));
}

// An array of one image's numbers under construction: rows of columns, zero at first.
class Table {
 public:
  Table(std::size_t rows, std::size_t columns) : columns_(columns), numbers_(rows * columns) {}

  float& at(std::size_t row, std::size_t column) { return numbers_.at(row * columns_ + column); }
  void set_row(std::size_t row, const std::vector<float>& numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) at(row, i) = numbers[i];
  }
  void set_column(std::size_t column, const std::vector<float>& numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) at(i, column) = numbers[i];
  }
  const std::vector<float>& numbers() const { return numbers_; }

 private:
  const std::size_t columns_;
  std::vector<float> numbers_;
};

}  // namespace tideline::task
