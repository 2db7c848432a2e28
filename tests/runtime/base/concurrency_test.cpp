// Slot, Gate, MemoryGate and WorkerPool: what several threads share.
#include "runtime/base/gate.h"
#include "runtime/base/memory_gate.h"
#include "runtime/base/slot.h"
#include "runtime/base/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace tideline {
namespace {

TEST(Slot, WhatWasAcquiredOutlivesItsReplacement) {
  Slot<int> slot(std::make_shared<const int>(1));
  const auto old = slot.acquire();
  slot.publish(std::make_shared<const int>(2));
  EXPECT_EQ(*old, 1);
  EXPECT_EQ(*slot.acquire(), 2);
}

TEST(Slot, ReadersSeeOneValueOrTheOtherWhileItIsReplaced) {
  Slot<std::pair<int, int>> slot(std::make_shared<const std::pair<int, int>>(0, 0));
  std::atomic<bool> torn{false};
  std::jthread writer([&] {
    for (int i = 0; i < 20000; ++i) slot.publish(std::make_shared<const std::pair<int, int>>(i, i));
  });
  std::vector<std::jthread> readers;
  for (int r = 0; r < 2; ++r)
    readers.emplace_back([&] {
      for (int i = 0; i < 20000; ++i)
        if (const auto seen = slot.acquire(); seen->first != seen->second) torn = true;
    });
  readers.clear();
  EXPECT_FALSE(torn);
}

TEST(Gate, NeverLetsInMoreThanItsSlots) {
  Gate gate(2);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::vector<std::jthread> callers;
  for (int c = 0; c < 6; ++c)
    callers.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        const auto pass = gate.enter(TimePoint::max());
        ASSERT_TRUE(pass);
        const int now = ++inside;
        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::yield();
        --inside;
      }
    });
  callers.clear();
  EXPECT_LE(most, 2);
  EXPECT_EQ(gate.waiting(), 0);
}

TEST(Gate, IsFirstComeFirstServed) {
  Gate gate(1);
  std::vector<int> order;
  std::vector<std::jthread> callers;
  {
    const auto held = gate.enter(TimePoint::max());
    for (int c = 0; c < 5; ++c) {
      callers.emplace_back([&, c] {
        const auto pass = gate.enter(TimePoint::max());
        order.push_back(c);  // Guarded by the gate itself.
      });
      while (gate.waiting() != c + 1) std::this_thread::yield();
    }
  }
  callers.clear();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(Gate, ServesTheHighestPriorityFirstAndEachInOrderOfArrival) {
  Gate gate(1);
  std::vector<int> order;
  std::vector<std::jthread> callers;
  {
    const auto held = gate.enter(TimePoint::max());
    const std::vector<Priority> priorities = {kUsualPriority, 20, kUsualPriority, 1, 20, 1};
    for (int c = 0; c < 6; ++c) {
      callers.emplace_back([&, c] {
        const auto pass = gate.enter(TimePoint::max(), {}, priorities.at(static_cast<std::size_t>(c)));
        order.push_back(c);  // Guarded by the gate itself.
      });
      while (gate.waiting() != c + 1) std::this_thread::yield();
    }
  }
  callers.clear();
  EXPECT_EQ(order, (std::vector<int>{3, 5, 0, 2, 1, 4}));
}

TEST(Gate, ADeadlineThatPassesIsOverloadAndBlocksNobodyBehindIt) {
  Gate gate(1);
  auto held = std::make_unique<Result<Gate::Pass>>(gate.enter(TimePoint::max()));
  const auto late = gate.enter(Clock::now());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::overloaded);
  auto next = std::async(std::launch::async, [&] { return static_cast<bool>(gate.enter(TimePoint::max())); });
  held.reset();
  EXPECT_TRUE(next.get());
}

TEST(Gate, WhoNoLongerWantsTheSlotLeavesAndBlocksNobodyBehind) {
  Gate gate(1);
  auto held = std::make_unique<Result<Gate::Pass>>(gate.enter(TimePoint::max()));
  std::atomic<bool> wanted{true};
  auto gone = std::async(std::launch::async,
                         [&] { return gate.enter(TimePoint::max(), [&] { return wanted.load(); }).error().kind; });
  while (gate.waiting() != 1) std::this_thread::yield();
  auto next = std::async(std::launch::async, [&] { return static_cast<bool>(gate.enter(TimePoint::max())); });
  while (gate.waiting() != 2) std::this_thread::yield();
  wanted = false;
  EXPECT_EQ(gone.get(), ErrorKind::unavailable) << "though the slot is still taken";
  held.reset();
  EXPECT_TRUE(next.get());
}

TEST(Gate, WhoWantsTheSlotToTheEndGetsIt) {
  Gate gate(1);
  auto held = std::make_unique<Result<Gate::Pass>>(gate.enter(TimePoint::max()));
  std::atomic<int> asked{0};
  auto waits = std::async(std::launch::async,
                          [&] { return static_cast<bool>(gate.enter(TimePoint::max(), [&] { return ++asked > 0; })); });
  while (asked < 3) std::this_thread::yield();
  held.reset();
  EXPECT_TRUE(waits.get());
}

TEST(MemoryGate, NeverLetsInMoreThanItsBytes) {
  MemoryGate gate(Bytes{100});
  std::atomic<std::uint64_t> inside{0};
  std::atomic<bool> over{false};
  std::vector<std::jthread> callers;
  for (std::uint64_t size : {100, 60, 50, 40, 1, 0})
    callers.emplace_back([&, size] {
      for (int i = 0; i < 200; ++i) {
        const auto share = gate.enter(Bytes{size});
        ASSERT_TRUE(share);
        if (inside.fetch_add(size) + size > 100) over = true;
        std::this_thread::yield();
        inside -= size;
      }
    });
  callers.clear();
  EXPECT_FALSE(over);
}

TEST(MemoryGate, ALargeCallerIsNotOvertakenForEver) {
  MemoryGate gate(Bytes{100});
  std::atomic<bool> served{false};
  std::atomic<bool> end{false};
  std::vector<std::jthread> callers;
  for (int c = 0; c < 3; ++c)
    callers.emplace_back([&] {
      while (!end) ASSERT_TRUE(gate.enter(Bytes{40}));
    });
  std::jthread large([&] { served = static_cast<bool>(gate.enter(Bytes{100})); });
  large.join();
  end = true;
  EXPECT_TRUE(served);
}

TEST(MemoryGate, RefusesMoreThanAllOfIt) {
  MemoryGate gate(1_MiB);
  const auto share = gate.enter(2_MiB);
  ASSERT_FALSE(share);
  EXPECT_EQ(share.error().kind, ErrorKind::invalid);
  EXPECT_EQ(share.error().message, "2 MiB are above the limit of all, 1 MiB");
}

TEST(WorkerPool, RefusesWhatItsQueueCannotHoldAndFinishesWhatItAccepted) {
  std::atomic<int> done{0};
  {
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    std::promise<void> started;
    WorkerPool pool(1, 2);
    ASSERT_TRUE(pool.submit([&, released] {
      started.set_value();
      released.wait();
      ++done;
    }));
    started.get_future().wait();
    EXPECT_TRUE(pool.submit([&] { ++done; }));
    EXPECT_TRUE(pool.submit([&] { ++done; }));
    EXPECT_FALSE(pool.submit([&] { ++done; }));
    release.set_value();
  }
  EXPECT_EQ(done, 3);
}

}  // namespace
}  // namespace tideline
