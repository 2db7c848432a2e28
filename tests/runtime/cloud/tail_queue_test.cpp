#include "runtime/cloud/tail_queue.h"

#include <gmock/gmock.h>

#include <string>

namespace tideline::cloud {
namespace {

using testing::ElementsAre;

class TailQueueTest : public testing::Test {
 protected:
  // A job of peer 'a' to 'd', told apart by its number.
  void push(Priority priority, char peer, int number, std::uint32_t cut = 1) {
    TailJob job;
    job.from = from(peer);
    job.requested.asked.plan = {std::string(64, 'a'), cut, plan::Codec::fp32};
    job.requested.asked.budget = Duration(number);
    job.requested.asked.priority = priority;
    queue_.push({job, {job.requested.asked.plan, 1, 64}});
  }
  TailJob::From from(char peer) const { return {&peers_[peer - 'a'], &peers_[peer - 'a']}; }
  static std::vector<int> numbers(const std::vector<TailQueue::Waiting>& all) {
    std::vector<int> numbers;
    for (const auto& one : all) numbers.push_back(static_cast<int>(one.job.requested.asked.budget.count()));
    return numbers;
  }
  std::vector<int> take(std::size_t most) { return numbers(queue_.take(most)); }
  std::vector<int> take_all_alone() {
    std::vector<int> order;
    while (!queue_.empty()) order.push_back(take(1).front());
    return order;
  }
  int room_for(char peer, Priority priority) {
    const auto out = queue_.make_room_for(from(peer).peer, priority);
    return out ? static_cast<int>(out->job.requested.asked.budget.count()) : 0;
  }

  char peers_[4]{};
  TailQueue queue_;
};

TEST_F(TailQueueTest, TheHighestPriorityGoesFirstAndWithinOneTheFirstToCome) {
  push(10, 'a', 1);
  push(20, 'a', 2);
  push(10, 'a', 3);
  push(1, 'a', 4);
  EXPECT_EQ(queue_.size(), 4U);
  EXPECT_THAT(take_all_alone(), ElementsAre(4, 1, 3, 2));
}

TEST_F(TailQueueTest, OfOnePriorityPeersTakeTurns) {
  for (int i = 1; i <= 3; ++i) push(5, 'a', i);
  push(5, 'b', 11);
  push(10, 'c', 21);
  push(1, 'a', 4);
  EXPECT_THAT(take_all_alone(), ElementsAre(4, 1, 11, 2, 3, 21));
}

TEST_F(TailQueueTest, NoTailOfAnotherPriorityJoinsABatch) {
  push(10, 'a', 1);
  push(1, 'b', 11);
  push(1, 'c', 21);
  push(1, 'c', 22, 2);
  EXPECT_EQ(queue_.alike(), 2U);
  EXPECT_THAT(take(8), ElementsAre(11, 21));
  EXPECT_THAT(take(8), ElementsAre(22));
  EXPECT_THAT(take(8), ElementsAre(1));
}

TEST_F(TailQueueTest, SaysHowManyWouldGoBefore) {
  for (int i = 1; i <= 3; ++i) push(10, 'a', i);
  push(1, 'b', 11);
  push(20, 'b', 12);
  for (const char peer : {'a', 'b', 'c'}) {
    for (const Priority priority : {1U, 5U, 10U, 20U, 30U}) {
      SCOPED_TRACE(testing::Message() << peer << " with " << priority);
      const std::size_t foreseen = queue_.before(from(peer), priority);
      TailQueue rest = queue_;
      push(priority, peer, 99);
      const std::vector<int> order = take_all_alone();
      EXPECT_EQ(std::ranges::find(order, 99) - order.begin(), foreseen);
      queue_ = rest;
    }
  }
}

TEST_F(TailQueueTest, RoomIsMadeByTheLowestPriority) {
  push(10, 'a', 1);
  push(10, 'a', 2);
  push(20, 'b', 11);
  EXPECT_EQ(room_for('c', 30), 0) << "it is lower than all";
  EXPECT_EQ(room_for('b', 10), 11) << "though it is of the same peer";
  EXPECT_EQ(room_for('a', 10), 0) << "it has most itself";
  EXPECT_EQ(room_for('c', 10), 2);
  EXPECT_EQ(room_for('a', 1), 1);
  EXPECT_TRUE(queue_.empty());
}

TEST_F(TailQueueTest, TailsThatAreTakenOutLeaveTheOthersInTheirOrder) {
  for (int i = 1; i <= 4; ++i) push(i % 2 == 0 ? 1 : 10, 'a', i);
  const auto small = queue_.take_if([](const TailJob& job) { return job.requested.asked.budget.count() < 3; });
  EXPECT_THAT(numbers(small), ElementsAre(2, 1));
  EXPECT_THAT(take_all_alone(), ElementsAre(4, 3));
  EXPECT_TRUE(queue_.take_if([](const TailJob&) { return true; }).empty());
}

}  // namespace
}  // namespace tideline::cloud
