#include "runtime/engine/comparison.h"

#include <algorithm>
#include <cmath>

namespace tideline::engine {
namespace {

// max |y - y0| / max |y0|. A NaN, or an infinity that differs, makes it kWorstError.
double relative_error(std::span<const float> wanted, std::span<const float> given) {
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double off = std::abs(static_cast<double>(given[i]) - static_cast<double>(wanted[i]));
    if (!std::isfinite(off) && given[i] != wanted[i]) return plan::kWorstError;
    if (std::isfinite(off)) difference = std::max(difference, off);
    if (std::isfinite(wanted[i])) largest = std::max(largest, std::abs(static_cast<double>(wanted[i])));
  }
  if (difference == 0) return 0;
  return largest > 0 ? std::min(difference / largest, plan::kWorstError) : plan::kWorstError;
}

std::ptrdiff_t place_of_largest(std::span<const float> row) {
  return std::ranges::max_element(row) - row.begin();
}

}  // namespace

void Comparison::add(std::span<const Tensor> wanted, std::span<const Tensor> given) {
  for (std::size_t i = 0; i < wanted.size(); ++i) add(wanted[i], given[i]);
  ++inputs_;
}

void Comparison::add(const Tensor& wanted, const Tensor& given) {
  if (wanted.dtype() == DType::fp32) return add_rows(wanted, given);
  const bool same = identical(wanted, given);
  ++rows_;
  same_ += same ? 1 : 0;
  if (!same) error_ = std::max(error_, 1.0);
}

void Comparison::add_rows(const Tensor& wanted, const Tensor& given) {
  const std::size_t length = wanted.shape().empty() ? 1 : static_cast<std::size_t>(wanted.shape().back());
  for (std::size_t at = 0; at < wanted.floats().size(); at += length) {
    const auto here = wanted.floats().subspan(at, length), there = given.floats().subspan(at, length);
    ++rows_;
    same_ += place_of_largest(here) == place_of_largest(there) ? 1 : 0;
  }
  error_ = std::max(error_, relative_error(wanted.floats(), given.floats()));
}

plan::Agreement Comparison::agreement() const {
  return {static_cast<double>(same_) / static_cast<double>(rows_), error_, inputs_};
}

}  // namespace tideline::engine
