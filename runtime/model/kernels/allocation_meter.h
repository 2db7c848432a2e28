// AllocationMeter: measures the peak memory of the tensors that this thread allocates.
//
// Counts what this thread requests from libtorch's allocator while the meter lives, until any thread frees it. Earlier
// allocations do not count. At most one meter per thread at a time.
#pragma once

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

}  // namespace tideline::kernels
