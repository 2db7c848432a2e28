#include "runtime/cloud/fair_queue.h"

#include <gmock/gmock.h>

#include <string>

namespace tideline::cloud {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kModel(64, 'a');

class FairQueueTest : public testing::Test {
 protected:
  // A job of peer 'a' to 'd', told apart by its number; of one of the peer's connections.
  void push(char peer, int number, std::uint32_t cut = 1, int connection = 0) {
    TailJob job;
    job.from = from(peer, connection);
    job.requested.asked.plan = {kModel, cut, plan::Codec::fp32};
    job.requested.asked.budget = Duration(number);
    queue_.push({job, {job.requested.asked.plan, 1, 64}});
  }
  TailJob::From from(char peer, int connection = 0) const {
    return {&edges_[peer - 'a'][0], &edges_[peer - 'a'][connection]};
  }
  std::vector<int> take(std::size_t most) { return numbers(queue_.take(most)); }
  static std::vector<int> numbers(const std::vector<FairQueue::Waiting>& all) {
    std::vector<int> numbers;
    for (const auto& one : all) numbers.push_back(static_cast<int>(one.job.requested.asked.budget.count()));
    return numbers;
  }
  std::vector<int> take_all_alone() {
    std::vector<int> order;
    while (!queue_.empty()) order.push_back(take(1).front());
    return order;
  }

  char edges_[4][4]{};
  FairQueue queue_;
};

TEST_F(FairQueueTest, EdgesTakeTurnsHoweverMuchOneSends) {
  for (int i = 1; i <= 4; ++i) push('a', i);
  push('b', 11);
  push('c', 21);
  push('b', 12);
  EXPECT_EQ(queue_.size(), 7U);
  EXPECT_THAT(take_all_alone(), ElementsAre(1, 11, 21, 2, 12, 3, 4));
  EXPECT_TRUE(queue_.empty());
}

TEST_F(FairQueueTest, AnEdgeThatComesLateWaitsForOneOfEachOther) {
  for (int i = 1; i <= 3; ++i) push('a', i);
  EXPECT_THAT(take(1), ElementsAre(1));
  push('b', 11);
  EXPECT_THAT(take_all_alone(), ElementsAre(2, 11, 3));
}

TEST_F(FairQueueTest, ABatchIsTakenInRoundsToo) {
  for (int i = 1; i <= 5; ++i) push('a', i);
  push('b', 11);
  push('b', 12);
  push('c', 21);
  EXPECT_EQ(queue_.alike(), 8U);
  EXPECT_THAT(take(4), ElementsAre(1, 11, 21, 2));
  EXPECT_THAT(take(8), ElementsAre(12, 3, 4, 5));
  EXPECT_TRUE(queue_.empty());
}

TEST_F(FairQueueTest, OnlyWhatIsOfTheKindWhoseTurnItIsGoesTogether) {
  push('a', 1, 1);
  push('b', 11, 2);
  push('c', 21, 1);
  push('a', 2, 2);
  EXPECT_EQ(queue_.alike(), 2U);
  EXPECT_THAT(take(8), ElementsAre(1, 21));
  EXPECT_THAT(take(8), ElementsAre(11, 2)) << "it was the turn of an edge that had none of the kind";
}

TEST_F(FairQueueTest, SaysHowManyWouldGoBefore) {
  for (int i = 1; i <= 3; ++i) push('a', i);
  push('b', 11);
  const auto before = [&](char edge) { return queue_.before(from(edge)); };
  EXPECT_EQ(before('c'), 2U);
  EXPECT_EQ(before('b'), 3U);
  EXPECT_EQ(before('a'), 4U);
  EXPECT_EQ(queue_.before({}), 2U);
  for (const char edge : {'a', 'b', 'c'}) {
    SCOPED_TRACE(edge);
    const std::size_t foreseen = before(edge);
    FairQueue rest = queue_;
    push(edge, 99);
    const std::vector<int> order = take_all_alone();
    EXPECT_EQ(std::ranges::find(order, 99) - order.begin(), foreseen);
    queue_ = rest;
  }
}

TEST_F(FairQueueTest, APeerGetsNoMoreTurnsByMoreConnections) {
  for (int connection = 0; connection < 4; ++connection)
    for (int i = 0; i < 2; ++i) push('a', 10 * connection + i, 1, connection);
  push('b', 91);
  push('b', 92);
  EXPECT_EQ(queue_.before(from('c')), 2U);
  EXPECT_THAT(take_all_alone(), ElementsAre(0, 91, 10, 92, 20, 30, 1, 11, 21, 31))
      << "and its connections take turns among themselves";
}

TEST_F(FairQueueTest, SaysHowManyWouldGoBeforeOneOfAnotherConnection) {
  for (int i = 0; i < 3; ++i) push('a', i, 1, 0);
  push('a', 11, 1, 1);
  for (int i = 21; i <= 24; ++i) push('b', i);
  for (const int connection : {0, 1, 2}) {
    SCOPED_TRACE(connection);
    const std::size_t foreseen = queue_.before(from('a', connection));
    FairQueue rest = queue_;
    push('a', 99, 1, connection);
    const std::vector<int> order = take_all_alone();
    EXPECT_EQ(std::ranges::find(order, 99) - order.begin(), foreseen);
    queue_ = rest;
  }
}

TEST_F(FairQueueTest, RoomIsMadeByTheNewestOfWhoHasMost) {
  for (int i = 1; i <= 3; ++i) push('a', i, 1, i % 2);
  push('b', 11);
  const auto number = [](const auto& one) { return one->job.requested.asked.budget.count(); };
  EXPECT_FALSE(queue_.make_room_for(from('a').peer)) << "it has most itself";
  const auto out = queue_.make_room_for(from('c').peer);
  ASSERT_TRUE(out);
  EXPECT_EQ(number(out), 3) << "the newest of its busiest connection";
  EXPECT_EQ(queue_.size(), 3U);
  EXPECT_TRUE(queue_.make_room_for(from('b').peer));
  EXPECT_FALSE(queue_.make_room_for(from('b').peer)) << "as many as the other";
}

TEST_F(FairQueueTest, WhatIsTakenOutLeavesTheTurnsAsTheyWere) {
  for (int i = 1; i <= 3; ++i) push('a', i);
  push('b', 11);
  const auto odd = queue_.take_if([](const TailJob& job) { return job.requested.asked.budget.count() % 2 == 1; });
  EXPECT_THAT(numbers(odd), ElementsAre(1, 3, 11));
  EXPECT_EQ(queue_.size(), 1U);
  EXPECT_THAT(take(4), ElementsAre(2));
  EXPECT_THAT(numbers(queue_.take_if([](const TailJob&) { return true; })), IsEmpty());
}

}  // namespace
}  // namespace tideline::cloud
