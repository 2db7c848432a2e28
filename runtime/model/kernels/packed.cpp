#include "runtime/model/kernels/packed.h"

#include <algorithm>
#include <utility>

namespace tideline::kernels {

Packed::Packed(const at::Tensor& weights, const onednn::Dims& shape, onednn::Tag tag)
    : count_(static_cast<std::uint64_t>(weights.numel())),
      given_(weights.contiguous()),
      memory_(onednn::view(given_, onednn::describe(shape, tag))) {}

dnnl::memory Packed::as(const onednn::Desc& wanted) const {
  const std::lock_guard lock(m_);
  const bool first = !std::exchange(taken_, true);
  if (memory_.get_desc() == wanted) return memory_;
  const auto is_it = [&](const dnnl::memory& copy) { return copy.get_desc() == wanted; };
  if (const auto at = std::find_if(copies_.begin(), copies_.end(), is_it); at != copies_.end()) return *at;
  auto packed = onednn::reordered(memory_, wanted);
  if (!first) {
    copies_.push_back(packed);
    return packed;
  }
  given_ = at::Tensor();
  memory_ = packed;
  return packed;
}

std::uint64_t Packed::held() const {
  const std::lock_guard lock(m_);
  std::uint64_t bytes = memory_.get_desc().get_size();
  for (const auto& copy : copies_) bytes += copy.get_desc().get_size();
  return bytes;
}

}  // namespace tideline::kernels
