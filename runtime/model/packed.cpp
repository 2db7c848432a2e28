#include "runtime/model/packed.h"

#include <utility>

namespace tideline {

Packed::Packed(const at::Tensor& weights, const onednn::Dims& shape, onednn::Tag tag)
    : count_(static_cast<std::uint64_t>(weights.numel())),
      given_(weights.contiguous()),
      memory_(onednn::view(given_, onednn::describe(shape, tag))) {}

dnnl::memory Packed::as(const onednn::Desc& wanted) const {
  const std::lock_guard lock(m_);
  const bool first = !std::exchange(taken_, true);
  if (memory_.get_desc() == wanted) return memory_;
  auto packed = onednn::reordered(memory_, wanted);
  if (!first) {
    copied_ += wanted.get_size();
    return packed;
  }
  given_ = at::Tensor();
  memory_ = packed;
  return packed;
}

std::uint64_t Packed::held() const {
  const std::lock_guard lock(m_);
  return memory_.get_desc().get_size() + copied_;
}

}  // namespace tideline
