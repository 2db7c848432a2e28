#include "runtime/http/body.h"

#include "runtime/base/tensor.h"

#include <cstring>
#include <functional>

namespace tideline::http {

void Body::reserve(std::size_t capacity, std::size_t aligned) {
  const std::size_t before = (kTensorAlignment - aligned % kTensorAlignment) % kTensorAlignment;
  const std::shared_ptr<std::byte> taken = aligned_bytes(before + capacity);
  const std::shared_ptr<std::byte> memory(taken, taken.get() + before);
  if (size_ > 0) std::memcpy(memory.get(), memory_.get(), size_);
  memory_ = memory;
  capacity_ = capacity;
}

void Body::append(std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(spare().data(), bytes.data(), bytes.size());
  grow(bytes.size());
}

bool Body::holds(const std::byte* data) const {
  const std::less_equal<> not_after;
  return size_ > 0 && not_after(memory_.get(), data) && not_after(data, memory_.get() + size_ - 1);
}

}  // namespace tideline::http
