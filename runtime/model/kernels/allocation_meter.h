// AllocationMeter: measures the peak memory of the tensors that this thread allocates.
//
// Counts what this thread requests from libtorch's allocator while the meter lives, until any thread frees it. Earlier
// allocations do not count. At most one meter per thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace tideline::kernels {

class AllocationMeter {
 public:
  AllocationMeter();
  ~AllocationMeter();
  AllocationMeter(const AllocationMeter&) = delete;
  AllocationMeter& operator=(const AllocationMeter&) = delete;

  std::uint64_t now() const;   // Bytes allocated now.
  std::uint64_t most() const;  // Peak of now().

  struct Count;

 private:
  const std::shared_ptr<Count> count_;
};

// Bytes behind the end of every tensor that may be read, once use_own_allocator() was called. XNNPACK reads so far.
constexpr std::size_t kReadPastEnd = 16;

// Puts the allocator that meters need before libtorch's, for the rest of the process. Thread-safe.
void use_own_allocator();

}  // namespace tideline::kernels
