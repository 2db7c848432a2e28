#include "runtime/base/kept_memory.h"

#include "runtime/base/kernel_files.h"
#include "runtime/base/large_blocks.h"

#include <malloc.h>

#include <algorithm>

namespace tideline {
namespace {

// Memory that no file backs.
std::uint64_t anonymous_bytes() {
  const auto status = read_small_file("/proc/self/status");
  return status ? number_after(*status, "RssAnon:").value_or(0) << 10 : 0;
}

}  // namespace

void return_freed_memory() {
#if defined(__GLIBC__)
  ::malloc_trim(0);
#endif
  large_blocks().release();
}

KeptMemory::KeptMemory(Bytes most) : most_(most), least_(anonymous_bytes()) {}

void KeptMemory::look() {
  const std::unique_lock lock(m_, std::try_to_lock);
  if (!lock) return;  // Another thread does it already.
  const std::uint64_t now = anonymous_bytes();
  least_ = std::min(least_, now);
  if (now - least_ <= most_.count) return;
  return_freed_memory();
  least_ = anonymous_bytes();
}

}  // namespace tideline
