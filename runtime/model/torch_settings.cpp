#include "runtime/model/torch_settings.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <malloc.h>
#include <torch/version.h>

#include <algorithm>

namespace tideline {

std::string torch_version() {
  return TORCH_VERSION;
}

std::string torch_simd() {
  static constexpr char kLabel[] = "CPU capability usage: ";
  const auto config = at::show_config();
  const auto label = config.find(kLabel);
  if (label == std::string::npos) return "unknown";
  const auto start = label + sizeof kLabel - 1;
  return config.substr(start, config.find('\n', start) - start);
}

int torch_threads() {
  return at::get_num_threads();
}

void set_torch_threads(int threads) {
  at::set_num_threads(std::max(threads, 1));
}

void keep_memory() {
#if defined(__GLIBC__)
  constexpr int kLargestKept = 32 << 20;  // The most that glibc takes for it.
  constexpr int kAlways = 1 << 30;
  ::mallopt(M_MMAP_THRESHOLD, kLargestKept);
  ::mallopt(M_TRIM_THRESHOLD, kAlways);
  ::mallopt(M_TOP_PAD, 2 * kLargestKept);
  ::mallopt(M_ARENA_MAX, 1);
#endif
}

}  // namespace tideline
