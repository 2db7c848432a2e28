// Method: the arithmetic of one kernel, by one library.
//
// The kernel checks its inputs and makes the memory of its result; a method fills it. Prepares for a shape on first
// use. Thread-safe. Throws the exceptions of libtorch and oneDNN.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tideline::kernels {

class Method {
 public:
  Method() = default;
  virtual ~Method() = default;
  Method(const Method&) = delete;
  Method& operator=(const Method&) = delete;

  // REQUIRES: both lie as the method's maker says, and `to` has the size of the result for `from`.
  virtual void run(const at::Tensor& from, const at::Tensor& to) const = 0;

  // Returns the current size of the weights, in all orders kept.
  virtual std::uint64_t held_bytes() const { return 0; }
};

}  // namespace tideline::kernels
