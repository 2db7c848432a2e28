// AllocationMeter: how much memory the tensors of this thread take at most.
//
// Counts what this thread asks libtorch's allocator for while the meter lives, until it is given back, wherever that
// happens; what was there before does not count. One at a time on each thread.
#pragma once

#include <cstdint>
#include <memory>

namespace tideline {

class AllocationMeter {
 public:
  AllocationMeter();
  ~AllocationMeter();
  AllocationMeter(const AllocationMeter&) = delete;
  AllocationMeter& operator=(const AllocationMeter&) = delete;

  std::uint64_t now() const;   // Bytes that are alive.
  std::uint64_t most() const;  // The most that were alive at once.

  struct Count;

 private:
  const std::shared_ptr<Count> count_;
};

}  // namespace tideline
