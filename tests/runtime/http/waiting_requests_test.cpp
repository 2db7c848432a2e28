#include "runtime/http/waiting_requests.h"

#include "runtime/base/refusal_reasons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace tideline::http {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::Pair;

// A queue that notes what becomes of its requests.
struct Line {
  explicit Line(std::size_t most, Duration longest = seconds(30)) : waiting({.most = most, .longest = longest}) {}

  std::uint64_t add(const std::string& name, const Rank& rank, TimePoint now) {
    return waiting.add(rank,
                       {.begin = [this, name] { begun.push_back(name); },
                        .refuse = [this, name](const Refusal& why) { refused.emplace_back(name, why.reason); }},
                       now);
  }
  std::uint64_t add(const std::string& name, Priority priority = kUsualPriority) {
    return add(name, {.priority = priority}, Clock::now());
  }
  void serve(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) waiting.next()();
  }
  void serve_all() {
    waiting.close();
    while (const auto begin = waiting.next()) begin();
  }

  WaitingRequests waiting;
  std::vector<std::string> begun;
  std::vector<std::pair<std::string, std::string_view>> refused;
};

TEST(WaitingRequests, TheHighestPriorityIsServedFirstAndOfThatTheOldest) {
  Line line(10);
  line.add("usual");
  line.add("low", 20);
  line.add("high", 1);
  line.add("usual too");
  line.add("high too", 1);
  line.serve_all();
  EXPECT_THAT(line.begun, ElementsAre("high", "high too", "usual", "usual too", "low"));
  EXPECT_TRUE(line.refused.empty());
}

TEST(WaitingRequests, WithoutRoomTheOldestIsRefused) {
  Line line(2);
  for (const char* name : {"a", "b", "c", "d"}) line.add(name);
  EXPECT_THAT(line.refused, ElementsAre(Pair("a", refusal::kQueueFull), Pair("b", refusal::kQueueFull)));
  line.serve_all();
  EXPECT_THAT(line.begun, ElementsAre("c", "d"));
}

TEST(WaitingRequests, WithoutRoomALowerPriorityIsRefusedBeforeAnOlderRequest) {
  Line line(2);
  line.add("usual");
  line.add("low", 20);
  line.add("high", 1);
  EXPECT_THAT(line.refused, ElementsAre(Pair("low", refusal::kDisplaced)));
  line.add("lower", 30);
  EXPECT_THAT(line.refused.back(), Pair("lower", refusal::kQueueFull)) << "it is the lowest itself";
  line.serve_all();
  EXPECT_THAT(line.begun, ElementsAre("high", "usual"));
}

TEST(WaitingRequests, WithoutRoomWhatCanNoLongerBeInTimeIsRefusedBeforeAllOthers) {
  Line line(2);
  const TimePoint now = Clock::now();
  line.add("old and low", {.priority = 20}, now);
  line.add("high but late", {.priority = 1, .begin_by = now + milliseconds(10)}, now);
  line.add("new", {}, now + milliseconds(11));
  EXPECT_THAT(line.refused, ElementsAre(Pair("high but late", refusal::kTooLate)));
  EXPECT_EQ(line.waiting.count(), 2u);
}

TEST(WaitingRequests, TellsWhenTheNextOneEndsAndRefusesItThen) {
  Line line(10, seconds(5));
  const TimePoint now = Clock::now();
  EXPECT_EQ(line.waiting.refuse_late(now), TimePoint::max());
  line.add("patient", {}, now);
  line.add("hurried", {.begin_by = now + seconds(1)}, now);
  EXPECT_EQ(line.waiting.refuse_late(now), now + seconds(1));
  EXPECT_EQ(line.waiting.refuse_late(now + seconds(1)), now + seconds(1)) << "it may still begin";
  EXPECT_EQ(line.waiting.refuse_late(now + seconds(2)), now + seconds(5));
  EXPECT_EQ(line.waiting.refuse_late(now + seconds(6)), TimePoint::max());
  EXPECT_THAT(line.refused, ElementsAre(Pair("hurried", refusal::kTooLate), Pair("patient", refusal::kTooOld)));
}

TEST(WaitingRequests, AWorkerIsGivenNothingThatIsLate) {
  Line line(10);
  line.add("late", {.begin_by = Clock::now() - milliseconds(1)}, Clock::now());
  line.add("of a year ago", {}, Clock::now() - hours(24 * 365));
  line.add("in time");
  line.serve(1);
  EXPECT_THAT(line.begun, ElementsAre("in time"));
  EXPECT_THAT(line.refused,
              testing::UnorderedElementsAre(Pair("late", refusal::kTooLate), Pair("of a year ago", refusal::kTooOld)));
}

TEST(WaitingRequests, AWithdrawnRequestLeavesItsPlaceToAnother) {
  Line line(1);
  const std::uint64_t gone = line.add("gone");
  EXPECT_TRUE(line.waiting.withdraw(gone));
  EXPECT_FALSE(line.waiting.withdraw(gone));
  EXPECT_FALSE(line.waiting.withdraw(0));
  const std::uint64_t next = line.add("next");
  line.serve(1);
  EXPECT_FALSE(line.waiting.withdraw(next)) << "it has begun";
  EXPECT_THAT(line.begun, ElementsAre("next"));
  EXPECT_TRUE(line.refused.empty());
}

TEST(WaitingRequests, AFreeWorkerMakesRoomThoughNoneMayWait) {
  Line line(0);
  line.add("nobody is free");
  EXPECT_THAT(line.refused, ElementsAre(Pair("nobody is free", refusal::kQueueFull)));
  std::atomic<bool> served{false};
  std::jthread worker([&] {
    line.serve(1);
    served = true;
  });
  while (!served) {
    line.add("the worker may be free");
    std::this_thread::yield();
  }
  EXPECT_THAT(line.begun, ElementsAre("the worker may be free"));
}

// A low priority waits for as long as others fill all workers, as its client asked. It gets its turn in the first gap,
// or is told after `longest`: it is never forgotten.
TEST(WaitingRequests, ALowPriorityWaitsUntilTheOthersPauseOrItsTimeIsOver) {
  Line line(3, seconds(10));
  const TimePoint now = Clock::now();
  line.add("low", {.priority = 20}, now);
  line.add("lower", {.priority = 30}, now - seconds(9));
  for (int i = 0; i < 50; ++i) {
    line.add("flood", 1);
    line.serve(1);
  }
  EXPECT_EQ(std::ranges::count(line.begun, "flood"), 50);
  line.serve(1);
  EXPECT_EQ(line.begun.back(), "low");
  line.waiting.refuse_late(now + seconds(2));
  EXPECT_THAT(line.refused, ElementsAre(Pair("lower", refusal::kTooOld)));
}

// Two clients of one priority, one of which asks ten times as often: the seldom one gets its turn in order.
TEST(WaitingRequests, OfOnePriorityNobodyPassesAnother) {
  Line line(100);
  for (int i = 0; i < 40; ++i) line.add(i % 11 == 5 ? "seldom" : "often");
  line.serve(6);
  EXPECT_EQ(line.begun.back(), "seldom");
  line.serve(34);
  EXPECT_EQ(std::ranges::count(line.begun, "seldom"), 4);
}

TEST(WaitingRequests, EveryRequestBeginsOrIsRefusedOrIsWithdrawnOnceWhateverComes) {
  std::mt19937_64 random(7);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  for (int round = 0; round < 50; ++round) {
    const std::size_t most = below(6);
    WaitingRequests waiting({.most = most, .longest = seconds(1)});
    std::multiset<std::uint64_t> ends;
    std::vector<std::uint64_t> tickets;
    TimePoint now = Clock::now() - seconds(below(3));
    for (std::uint64_t i = 0; i < 300; ++i) {
      now += milliseconds(below(40));
      const Rank rank{.priority = static_cast<Priority>(1 + below(3)),
                      .begin_by = below(2) ? TimePoint::max() : now + milliseconds(below(100))};
      tickets.push_back(waiting.add(
          rank, {.begin = [&, i] { ends.insert(i); }, .refuse = [&, i](const Refusal&) { ends.insert(i); }}, now));
      ASSERT_LE(waiting.count(), most);
      if (const std::uint64_t one = below(tickets.size()); below(3) == 0 && waiting.withdraw(tickets[one]))
        ends.insert(one);
      if (below(4) == 0) waiting.refuse_late(now);
    }
    waiting.close();
    while (const auto begin = waiting.next()) begin();
    EXPECT_EQ(ends.size(), 300u);
    EXPECT_EQ(std::set(ends.begin(), ends.end()).size(), 300u) << "none twice";
  }
}

TEST(WaitingRequests, ManyThreadsLoseNoRequest) {
  constexpr int kEach = 500;
  WaitingRequests waiting({.most = 8});
  std::atomic<int> begun{0}, refused{0}, withdrawn{0};
  std::vector<std::jthread> workers, clients;
  for (int w = 0; w < 3; ++w)
    workers.emplace_back([&] {
      while (const auto begin = waiting.next()) begin();
    });
  for (int c = 0; c < 3; ++c)
    clients.emplace_back([&, c] {
      for (int i = 0; i < kEach; ++i) {
        const std::uint64_t ticket =
            waiting.add({.priority = static_cast<Priority>(1 + c)},
                        {.begin = [&] { ++begun; }, .refuse = [&](const Refusal&) { ++refused; }}, Clock::now());
        if (i % 5 == 0) withdrawn += waiting.withdraw(ticket);
      }
    });
  clients.clear();
  waiting.close();
  workers.clear();
  EXPECT_EQ(begun + refused + withdrawn, 3 * kEach);
}

}  // namespace
}  // namespace tideline::http
