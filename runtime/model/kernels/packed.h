// Packed: the weights of one kernel, in the order and type that oneDNN wants them in, and nowhere else in memory.
//
// Thread-safe.
#pragma once

#include "runtime/model/kernels/onednn.h"

#include <cstdint>
#include <mutex>
#include <vector>

namespace tideline {

class Packed {
 public:
  // `shape` and `tag` describe the tensor's memory as oneDNN sees it.
  Packed(const at::Tensor& weights, const onednn::Dims& shape, onednn::Tag tag);

  // Returns them in the order and type of `wanted`. The first order that is asked for takes the place of the one given,
  // which is let go; others, for other shapes of input, are copies, one of each order. What was returned stays valid as
  // long as this does.
  dnnl::memory as(const onednn::Desc& wanted) const;

  // Returns the bytes that they take now, in all orders that were asked for.
  std::uint64_t held() const;

  // What oneDNN pads does not count.
  std::uint64_t bytes_in(at::ScalarType type) const { return count_ * c10::elementSize(type); }

 private:
  const std::uint64_t count_;
  mutable std::mutex m_;
  mutable at::Tensor given_;                  // Guarded by m_, as is the next. Keeps the memory that is not packed yet.
  mutable dnnl::memory memory_;               // As they are now.
  mutable bool taken_ = false;                // Somebody uses that memory.
  mutable std::vector<dnnl::memory> copies_;  // In other orders.
};

}  // namespace tideline
