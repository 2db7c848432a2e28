// KeptMemory: returns freed memory to the system once this process keeps too much of it.
//
// The C library keeps freed memory, so that the next run need not ask the kernel for it. But blocks of many sizes,
// aligned ones above all, leave gaps that fit no other block, so the kept memory keeps growing. Thread-safe.
#pragma once

#include "runtime/base/units.h"

#include <cstdint>
#include <mutex>

namespace tideline {

// Returns all freed memory to the system. Takes milliseconds; later uses of such memory take page faults.
void return_freed_memory();

class KeptMemory {
 public:
  explicit KeptMemory(Bytes most = 64_MiB);

  // Returns memory if this process has grown by more than `most` since the last return, or since its smallest size
  // after that. Call after a large release. Costs a few microseconds, or milliseconds when memory is returned.
  void look();

 private:
  const Bytes most_;
  std::mutex m_;
  std::uint64_t least_;  // In bytes. Guarded by m_.
};

}  // namespace tideline
