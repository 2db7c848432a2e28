// Comparison: answers beside those that they should be, added up to an Agreement.
//
// Belongs to one thread.
#pragma once

#include "policy/plan/agreement.h"
#include "runtime/base/tensor.h"

#include <cstdint>
#include <span>

namespace tideline {

class Comparison {
 public:
  // The outputs for one input. REQUIRES: as many as wanted, of the same types and shapes.
  // A row is what lies along an output's last dimension. Numbers that are not fp32 agree iff all are the same.
  void add(std::span<const Tensor> wanted, std::span<const Tensor> given);

  // REQUIRES: something was added.
  Agreement agreement() const;

 private:
  void add(const Tensor& wanted, const Tensor& given);
  void add_rows(const Tensor& wanted, const Tensor& given);

  std::uint64_t rows_ = 0;
  std::uint64_t same_ = 0;  // Rows whose largest number has the same place.
  double error_ = 0;
  std::uint32_t inputs_ = 0;
};

}  // namespace tideline
