// KeptMemory: gives back to the system what the C library keeps of memory that was let go, once that is much.
//
// It keeps memory so that the next run need not ask the kernel again. But blocks of many sizes, aligned ones above all,
// leave pieces between them that no other fits into, and so it takes more and more. Thread-safe.
#pragma once

#include "runtime/base/units.h"

#include <cstdint>
#include <mutex>

namespace tideline {

class KeptMemory {
 public:
  explicit KeptMemory(Bytes most = 64_MiB);

  // Gives back when this process has grown by more than `most` since it did so last, or since it was smaller. Call when
  // something large has been let go: it costs a few microseconds, and milliseconds when there is something to give.
  void look();

 private:
  const Bytes most_;
  std::mutex m_;
  std::uint64_t least_;  // Guarded by m_: bytes.
};

}  // namespace tideline
