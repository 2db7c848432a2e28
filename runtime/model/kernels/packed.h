// Packed: the weights of one kernel in the order and type that oneDNN chooses, without a second copy if possible.
//
// Thread-safe.
#pragma once

#include "runtime/model/kernels/onednn.h"

#include <cstdint>
#include <mutex>
#include <vector>

namespace tideline::kernels {

class Packed {
 public:
  // `shape` and `tag` describe the tensor's memory in oneDNN's terms.
  Packed(const at::Tensor& weights, const onednn::Dims& shape, onednn::Tag tag);

  // Returns the weights in the order and type of `wanted`. The first requested order replaces the given one, which is
  // freed. Other orders, for other input shapes, are copies, one per order. The result stays valid as long as this
  // object.
  dnnl::memory as(const onednn::Desc& wanted) const;

  // Returns the current size of the weights, in all requested orders.
  std::uint64_t held() const;

  // Excludes oneDNN's padding.
  std::uint64_t bytes_in(at::ScalarType type) const { return count_ * c10::elementSize(type); }

 private:
  const std::uint64_t count_;
  mutable std::mutex m_;
  mutable at::Tensor given_;                  // The unpacked weights. `given_` and all members below are guarded by m_.
  mutable dnnl::memory memory_;               // The weights in their current order.
  mutable bool taken_ = false;                // A caller uses that memory.
  mutable std::vector<dnnl::memory> copies_;  // Copies in other orders.
};

}  // namespace tideline::kernels
