#include "runtime/model/kernels/allocation_meter.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <torch/version.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <unordered_map>

namespace tideline {

struct AllocationMeter::Count {
  std::uint64_t now = 0;  // Guarded by the ledger's mutex, as is the next.
  std::uint64_t most = 0;
};

namespace {

thread_local std::shared_ptr<AllocationMeter::Count> counting;

// Which memory counts for whom, so that it is taken off there, on whichever thread it is given back.
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

// Never destroyed, as the allocator is not: tensors are made and given back until the very end.
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
  beneath().raw_deleter()(memory);
}

// Stands before libtorch's allocator for good; costs a look at a thread's own pointer where no meter is.
class MeteredAllocator final : public c10::Allocator {
 public:
#if TORCH_VERSION_MAJOR >= 2
  c10::DataPtr allocate(std::size_t size) override { return allocated(size); }
  void copy_data(void* to, const void* from, std::size_t size) const override { std::memcpy(to, from, size); }
#else
  c10::DataPtr allocate(std::size_t size) const override { return allocated(size); }
#endif
  // Of memory that is asked for bare, which may have been counted, or not.
  c10::DeleterFnPtr raw_deleter() const override { return give_back; }

 private:
  static c10::DataPtr allocated(std::size_t size) {
    auto memory = beneath().allocate(size);
    void* const data = memory.get();
    if (!counting || data == nullptr || data != memory.get_context()) return memory;
    ledger().add(data, size, counting);
    memory.release_context();
    return {data, data, give_back, memory.device()};
  }
};

void stand_before_libtorchs() {
  static const auto* const kAllocator = [] {
    beneath();
    auto* const allocator = new MeteredAllocator;
    c10::SetCPUAllocator(allocator);
    return allocator;
  }();
  static_cast<void>(kAllocator);
}

}  // namespace

AllocationMeter::AllocationMeter() : count_(std::make_shared<Count>()) {
  stand_before_libtorchs();
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

}  // namespace tideline
