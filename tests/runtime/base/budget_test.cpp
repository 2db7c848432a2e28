#include "runtime/base/budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace tideline {
namespace {

TEST(Budget, WhatWasTakenIsGivenBackWithItsHolder) {
  Budget budget({100_KiB, 60_KiB});
  {
    const auto held = budget.take("a", 40_KiB);
    ASSERT_TRUE(held);
    EXPECT_EQ(budget.held(), 40_KiB);
    EXPECT_EQ(budget.held_for("a"), 40_KiB);
    EXPECT_EQ(budget.held_for("b"), Bytes{});
  }
  EXPECT_EQ(budget.held(), Bytes{});
}

TEST(Budget, OnePeerGetsNoMoreThanItsBoundAndOthersStillGetTheirs) {
  Budget budget({100_KiB, 60_KiB});
  const auto first = budget.take("a", 40_KiB);
  const auto second = budget.take("a", 21_KiB);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::overloaded);
  EXPECT_EQ(second.error().message,
            "40 KiB are already held for this peer; 21 KiB more would exceed the limit of 60 KiB");
  EXPECT_TRUE(budget.take("a", 20_KiB));
  EXPECT_TRUE(budget.take("b", 60_KiB));
}

TEST(Budget, AllPeersTogetherGetNoMoreThanItHas) {
  Budget budget({100_KiB, 60_KiB});
  const auto a = budget.take("a", 60_KiB);
  const auto b = budget.take("b", 41_KiB);
  ASSERT_FALSE(b);
  EXPECT_EQ(b.error().kind, ErrorKind::overloaded);
  EXPECT_EQ(b.error().message, "60 KiB are already held; 41 KiB more would exceed the limit of 100 KiB");
  EXPECT_TRUE(budget.take("b", 40_KiB));
}

TEST(Budget, WhatCanNeverBeHeldIsInvalid) {
  Budget budget({100_KiB, 60_KiB});
  for (const Bytes size : {61_KiB, Bytes{UINT64_MAX}}) {
    const auto held = budget.take("a", size);
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().kind, ErrorKind::invalid);
  }
  EXPECT_EQ(budget.held(), Bytes{});
}

TEST(Budget, WhatIsHeldGrowsShrinksAndMoves) {
  Budget budget({100_KiB, 60_KiB});
  auto taken = budget.take("a", 10_KiB);
  ASSERT_TRUE(taken);
  ASSERT_TRUE(taken->grow(10_KiB));
  EXPECT_FALSE(taken->grow(41_KiB));
  EXPECT_EQ(taken->size(), 20_KiB);
  Budget::Held moved = *std::move(taken);
  EXPECT_EQ(budget.held_for("a"), 20_KiB);
  moved.set(5_KiB);
  EXPECT_EQ(budget.held_for("a"), 5_KiB);
  moved.set(70_KiB);  // It is there already.
  EXPECT_EQ(budget.held_for("a"), 70_KiB);
  EXPECT_FALSE(budget.take("a", 1_KiB));
  moved = Budget::Held();
  EXPECT_EQ(budget.held(), Bytes{});
}

TEST(Budget, WithoutABudgetNothingIsRefused) {
  Budget::Held held;
  EXPECT_TRUE(held.grow({UINT64_MAX / 2}));
}

TEST(Budget, ThreadsNeverHoldMoreThanIsAllowed) {
  Budget budget({10_KiB, 6_KiB});
  std::atomic<bool> over{false};
  std::vector<std::jthread> threads;
  for (const char* peer : {"a", "a", "b", "c"})
    threads.emplace_back([&, peer] {
      for (int i = 0; i < 2000; ++i) {
        const auto held = budget.take(peer, 2_KiB);
        if (budget.held() > 10_KiB || budget.held_for(peer) > 6_KiB) over = true;
      }
    });
  threads.clear();
  EXPECT_FALSE(over);
  EXPECT_EQ(budget.held(), Bytes{});
}

TEST(Budget, TheUsualOneIsNoMoreThanAQuarterOfTheMemory) {
  const Budget::Bounds usual = Budget::usual();
  EXPECT_GT(usual.all.count, 0u);
  EXPECT_LE(usual.all, 1024_MiB);
  EXPECT_EQ(usual.per_peer.count, usual.all.count / 2);
}

}  // namespace
}  // namespace tideline
