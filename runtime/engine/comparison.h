// Comparison: compares outputs with the wanted ones, and sums up over many inputs how well they agree.
//
// Belongs to one thread.
#pragma once

#include "policy/plan/agreement.h"
#include "runtime/base/tensor.h"

#include <cstdint>
#include <span>

namespace tideline::engine {

class Comparison {
 public:
  // Adds the outputs for one input. REQUIRES: `given` has as many tensors as `wanted`, of the same types and shapes.
  // In fp32, a row along the output's last dimension agrees if its largest number has the same place. An output of
  // another type agrees iff all its numbers are the same.
  void add(std::span<const Tensor> wanted, std::span<const Tensor> given);

  // REQUIRES: something was added.
  plan::Agreement agreement() const;

 private:
  void add(const Tensor& wanted, const Tensor& given);
  void add_rows(const Tensor& wanted, const Tensor& given);

  std::uint64_t rows_ = 0;
  std::uint64_t same_ = 0;  // Rows that agree.
  double error_ = 0;
  std::uint32_t inputs_ = 0;
};

}  // namespace tideline::engine
