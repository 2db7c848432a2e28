#include "runtime/model/kernels/allocation_meter.h"

#include "runtime/base/large_blocks.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <torch/version.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <unordered_map>

namespace tideline::kernels {

struct AllocationMeter::Count {
  std::uint64_t now = 0;  // `now` and `most` are guarded by the ledger's mutex.
  std::uint64_t most = 0;
};

namespace {

thread_local std::shared_ptr<AllocationMeter::Count> counting;

// Records which meter counts which memory, so that any thread may free it.
class Ledger {
 public:
  void add(const void* memory, std::uint64_t bytes, const std::shared_ptr<AllocationMeter::Count>& count) {
    const std::lock_guard lock(m_);
    alive_[memory] = {bytes, count};
    count->now += bytes;
    count->most = std::max(count->most, count->now);
  }
  void take(const void* memory) {
    const std::lock_guard lock(m_);
    const auto found = alive_.find(memory);
    if (found == alive_.end()) return;
    found->second.count->now -= found->second.bytes;
    alive_.erase(found);
  }
  AllocationMeter::Count read(const AllocationMeter::Count& count) const {
    const std::lock_guard lock(m_);
    return count;
  }

 private:
  struct Entry {
    std::uint64_t bytes = 0;
    std::shared_ptr<AllocationMeter::Count> count;
  };
  mutable std::mutex m_;
  std::unordered_map<const void*, Entry> alive_;  // Guarded by m_.
};

// Never destroyed, like the allocator: tensors are made and freed until the process ends.
Ledger& ledger() {
  static auto* const kLedger = new Ledger;
  return *kLedger;
}

c10::Allocator& beneath() {
  static auto* const kAllocator = c10::GetCPUAllocator();
  return *kAllocator;
}

void give_back(void* memory) {
  ledger().take(memory);
  if (!large_blocks().give_back(memory)) beneath().raw_deleter()(memory);
}

c10::DataPtr taken(std::size_t size) {
  void* const block = large_blocks().take(size);
  return block ? c10::DataPtr(block, block, give_back, c10::Device(c10::kCPU)) : beneath().allocate(size);
}

// Permanently wraps libtorch's allocator. Without a meter, an allocation costs one more look at a thread-local pointer.
class MeteredAllocator final : public c10::Allocator {
 public:
#if TORCH_VERSION_MAJOR >= 2
  c10::DataPtr allocate(std::size_t size) override { return allocated(size); }
  void copy_data(void* to, const void* from, std::size_t size) const override { std::memcpy(to, from, size); }
#else
  c10::DataPtr allocate(std::size_t size) const override { return allocated(size); }
#endif
  // Frees raw allocations, whether they were counted or not.
  c10::DeleterFnPtr raw_deleter() const override { return give_back; }

 private:
  static c10::DataPtr allocated(std::size_t size) {
    auto memory = taken(size == 0 ? 0 : size + kReadPastEnd);
    void* const data = memory.get();
    if (!counting || data == nullptr || data != memory.get_context()) return memory;
    ledger().add(data, size, counting);
    memory.release_context();
    return {data, data, give_back, memory.device()};
  }
};

}  // namespace

void use_own_allocator() {
  static const auto* const kAllocator = [] {
    beneath();
    auto* const allocator = new MeteredAllocator;
    c10::SetCPUAllocator(allocator);
    return allocator;
  }();
  static_cast<void>(kAllocator);
}

AllocationMeter::AllocationMeter() : count_(std::make_shared<Count>()) {
  use_own_allocator();
  counting = count_;
}

AllocationMeter::~AllocationMeter() {
  counting = nullptr;
}

std::uint64_t AllocationMeter::now() const {
  return ledger().read(*count_).now;
}

std::uint64_t AllocationMeter::most() const {
  return ledger().read(*count_).most;
}

}  // namespace tideline::kernels
