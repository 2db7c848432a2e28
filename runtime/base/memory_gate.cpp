#include "runtime/base/memory_gate.h"

namespace tideline {

MemoryGate::Share::~Share() {
  if (gate_) gate_->leave(size_);
}

Result<MemoryGate::Share> MemoryGate::enter(Bytes size) {
  if (size > all_)
    return error(ErrorKind::invalid, "{} are above the limit of all, {}", to_string(size), to_string(all_));
  std::unique_lock lock(m_);
  const std::uint64_t ticket = next_ticket_++;
  turn_.wait(lock, [&] { return served_ == ticket && size <= free_; });
  ++served_;
  free_.count -= size.count;
  turn_.notify_all();
  return Share(this, size);
}

void MemoryGate::leave(Bytes size) {
  {
    const std::lock_guard lock(m_);
    free_.count += size.count;
  }
  turn_.notify_all();
}

}  // namespace tideline
