#include "runtime/base/descriptors.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>

namespace tideline {
namespace {

constexpr rlim_t kKept = 128;  // For models, logs, pipes, timers, listeners and connections that are being refused.

}  // namespace

void allow_many_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

std::size_t most_connections() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
  return std::max<rlim_t>(1, files.rlim_cur - std::min(files.rlim_cur / 2, kKept));
}

}  // namespace tideline
