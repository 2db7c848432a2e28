#include "runtime/base/kept_memory.h"

#include "runtime/base/kernel_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <vector>

namespace tideline {
namespace {

double anonymous_mib() {
  return static_cast<double>(*number_after(*read_small_file("/proc/self/status"), "RssAnon:")) / 1024;
}

TEST(KeptMemory, WhatIsInPiecesGoesBackWhenItIsMuch) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer has an allocator of its own";
#endif
  KeptMemory kept(8_MiB);
  const double before = anonymous_mib();
  std::vector<void*> blocks;
  for (int i = 0; i < 2048; ++i) {
    blocks.push_back(std::malloc(i % 2 == 0 ? 64 << 10 : 64));
    std::memset(blocks.back(), 1, i % 2 == 0 ? 64 << 10 : 64);
  }
  for (std::size_t i = 0; i < blocks.size(); i += 2) std::free(blocks[i]);  // The small ones keep the large apart.
  EXPECT_GT(anonymous_mib() - before, 40);
  kept.look();
  EXPECT_LT(anonymous_mib() - before, 20);
  for (std::size_t i = 1; i < blocks.size(); i += 2) std::free(blocks[i]);
}

}  // namespace
}  // namespace tideline
