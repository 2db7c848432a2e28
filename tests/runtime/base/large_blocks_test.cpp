#include "runtime/base/large_blocks.h"

#include "runtime/base/kernel_files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <random>
#include <vector>

namespace tideline {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

class LargeBlocksTest : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "under AddressSanitizer every block has a place of its own";
#endif
  }
  // Returns where a run takes its blocks: two at a time, as the layers of a network do.
  std::vector<std::byte*> run() {
    std::vector<std::byte*> places;
    std::byte* last = nullptr;
    for (const std::size_t size : {kMiB, 5 * kMiB, 2 * kMiB, 3 * kMiB, 100 * kMiB / 128}) {
      places.push_back(blocks_.take(size));
      if (last) blocks_.give_back(last);
      last = places.back();
    }
    blocks_.give_back(last);
    return places;
  }
  LargeBlocks blocks_;
};

TEST_F(LargeBlocksTest, ARunFindsThePlacesOfTheRunBefore) {
  const std::vector<std::byte*> first = run();
  EXPECT_EQ(run(), first);
  std::byte* const other = blocks_.take(7 * kMiB);
  EXPECT_TRUE(blocks_.give_back(other));
  EXPECT_EQ(run(), first);
}

TEST_F(LargeBlocksTest, ARunThatFindsItsPlacesTakesNoPageFaults) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer keeps memory of its own about every byte, which takes page faults, too";
#endif
  const auto faults_of_use = [&] {
    rusage before{}, after{};
    ::getrusage(RUSAGE_THREAD, &before);
    std::byte* const block = blocks_.take(16 * kMiB);
    std::memset(block, 1, 16 * kMiB);
    EXPECT_TRUE(blocks_.give_back(block));
    ::getrusage(RUSAGE_THREAD, &after);
    return after.ru_minflt - before.ru_minflt;
  };
  EXPECT_GT(faults_of_use(), 7) << "each huge page takes one";
  EXPECT_LT(faults_of_use(), 7);
}

TEST_F(LargeBlocksTest, BlocksInUseAreAlignedAndDoNotOverlap) {
  struct Held {
    std::byte* at;
    std::size_t size;
    int mark;
  };
  std::mt19937 random(5);
  std::vector<Held> held;
  for (int i = 0; i < 2000; ++i) {
    if (held.size() > 20 || (!held.empty() && random() % 2 == 0)) {
      const std::size_t which = random() % held.size();
      const auto [at, size, mark] = held[which];
      ASSERT_EQ(std::to_integer<int>(at[0]), mark);
      ASSERT_EQ(std::to_integer<int>(at[size - 1]), mark);
      ASSERT_TRUE(blocks_.give_back(at));
      held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
      continue;
    }
    const std::size_t size = LargeBlocks::kLeast + random() % (2 * kMiB);
    std::byte* const at = blocks_.take(size);
    ASSERT_NE(at, nullptr);
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(at) % 64, 0u);
    const int mark = i % 251;
    std::memset(at, mark, size);
    held.push_back({at, size, mark});
  }
  for (const Held& one : held) EXPECT_TRUE(blocks_.give_back(one.at));
}

TEST_F(LargeBlocksTest, FreedNeighboursBecomeOnePlace) {
  for (const std::vector<std::size_t>& order : {std::vector<std::size_t>{0, 1, 2}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}}) {
    std::vector<std::byte*> three;
    for (int i = 0; i < 3; ++i) three.push_back(blocks_.take(10 * kMiB));
    for (const std::size_t which : order) EXPECT_TRUE(blocks_.give_back(three[which]));
    std::byte* const large = blocks_.take(30 * kMiB);
    EXPECT_EQ(large, three[0]);
    EXPECT_TRUE(blocks_.give_back(large));
  }
}

TEST_F(LargeBlocksTest, OtherSizesAreLeftToOthers) {
  EXPECT_EQ(blocks_.take(0), nullptr);
  EXPECT_EQ(blocks_.take(LargeBlocks::kLeast - 1), nullptr);
  EXPECT_EQ(blocks_.take(LargeBlocks::kMost + 1), nullptr);
  EXPECT_EQ(blocks_.take(SIZE_MAX), nullptr);
  for (const std::size_t size : {LargeBlocks::kLeast, LargeBlocks::kMost})
    EXPECT_TRUE(blocks_.give_back(blocks_.take(size)));
}

TEST_F(LargeBlocksTest, OnlyABlockInUseIsGivenBack) {
  std::byte* const block = blocks_.take(kMiB);
  EXPECT_FALSE(blocks_.give_back(block + 64));
  EXPECT_FALSE(blocks_.give_back(nullptr));
  EXPECT_TRUE(blocks_.give_back(block));
  EXPECT_FALSE(blocks_.give_back(block));
}

TEST_F(LargeBlocksTest, NothingIsTakenWhilePaused) {
  std::byte* const before = blocks_.take(kMiB);
  std::optional<LargeBlocks::Pause> one(std::in_place, blocks_);
  {
    const LargeBlocks::Pause two(blocks_);
    EXPECT_EQ(blocks_.take(kMiB), nullptr);
    EXPECT_TRUE(blocks_.give_back(before));
  }
  EXPECT_EQ(blocks_.take(kMiB), nullptr);
  one.reset();
  EXPECT_EQ(blocks_.take(kMiB), before);
  EXPECT_TRUE(blocks_.give_back(before));
}

double anonymous_now() {
  return static_cast<double>(*number_after(*read_small_file("/proc/self/status"), "RssAnon:")) / 1024;
}

TEST_F(LargeBlocksTest, ReleasedMemoryGoesBackToTheSystemAndWhatIsInUseStays) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer keeps memory of its own for each block";
#endif
  const double before = anonymous_now();
  std::byte* const kept = blocks_.take(kMiB);
  std::byte* const freed = blocks_.take(24 * kMiB);
  std::memset(kept, 7, kMiB);
  std::memset(freed, 7, 24 * kMiB);
  EXPECT_GT(anonymous_now() - before, 20);
  EXPECT_TRUE(blocks_.give_back(freed));
  blocks_.release();
  EXPECT_LT(anonymous_now() - before, 8);
  EXPECT_EQ(kept[kMiB - 1], std::byte{7});
  EXPECT_EQ(blocks_.take(24 * kMiB), freed);
  freed[0] = std::byte{1};
  EXPECT_TRUE(blocks_.give_back(freed) && blocks_.give_back(kept));
}

}  // namespace
}  // namespace tideline
