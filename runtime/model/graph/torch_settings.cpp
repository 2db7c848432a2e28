#include "runtime/model/graph/torch_settings.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <malloc.h>
#include <torch/version.h>

#include <algorithm>
#include <utility>

namespace tideline::graph {

std::string torch_version() {
  return TORCH_VERSION;
}

std::string torch_simd() {
#if defined(__aarch64__)
  return "NEON";  // Every such processor has it. libtorch would say "NO AVX".
#else
  static constexpr char kLabel[] = "CPU capability usage: ";
  const auto config = at::show_config();
  const auto label = config.find(kLabel);
  if (label == std::string::npos) return "unknown";
  const auto start = label + sizeof kLabel - 1;
  return config.substr(start, config.find('\n', start) - start);
#endif
}

int torch_threads() {
  return at::get_num_threads();
}

void set_torch_threads(int threads) {
  at::set_num_threads(std::max(threads, 1));
}

void keep_to_torch_threads() {
  thread_local bool kept = false;
  if (!std::exchange(kept, true)) at::init_num_threads();
}

namespace {

constexpr int kLargestKept = 32 << 20;  // glibc accepts no larger value for M_MMAP_THRESHOLD.

// Blocks of at least `own_pages` bytes get a mapping of their own, which returns to the system as soon as it is freed.
// `kept` bytes at the end of the heap never return to the system. The heap grows by `pad` more than requested.
void settle_memory([[maybe_unused]] int own_pages, [[maybe_unused]] int kept, [[maybe_unused]] int pad) {
#if defined(__GLIBC__)
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, own_pages);
  ::mallopt(M_TRIM_THRESHOLD, kept);
  ::mallopt(M_TOP_PAD, pad);
#endif
}

}  // namespace

LoadingMemory::LoadingMemory() {
  settle_memory(256 << 10, 128 << 10, 128 << 10);
}

LoadingMemory::~LoadingMemory() {
  settle_memory(kLargestKept, 1 << 30, 2 * kLargestKept);
}

}  // namespace tideline::graph
