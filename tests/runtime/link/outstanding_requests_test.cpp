#include "runtime/link/outstanding_requests.h"

#include <asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::link {
namespace {

using testing::HasSubstr;

// Requests of a connection whose writer has not begun: every frame is still queued.
class Outstanding : public testing::Test {
 protected:
  std::shared_ptr<Exchange> submit(std::uint64_t id, LinkRequest request) {
    auto exchange = std::make_shared<Exchange>(id, std::move(request));
    requests_.submit(exchange);
    return exchange;
  }

  asio::io_context io_;
  wire::Stream stream_{wire::Socket(io_)};
  wire::Limits limits_;
  FrameChannel channel_{stream_, limits_};
  OutstandingRequests requests_{channel_};
};

TEST_F(Outstanding, AnExchangeIsSettledOnce) {
  const auto tail = submit(7, wire::TailRequest{});
  EXPECT_EQ(*requests_.find(7), tail);
  EXPECT_EQ(*requests_.settle(7, wire::FrameType::answer), tail);
  EXPECT_TRUE(requests_.empty());
  EXPECT_EQ(requests_.settled(), 1u);
  const auto again = requests_.settle(7, wire::FrameType::answer);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("request 7, which is not outstanding"));
}

TEST_F(Outstanding, AnAnswerOfAnotherKindSettlesNothing) {
  submit(7, wire::CloudLoad{});
  const auto answer = requests_.settle(7, wire::FrameType::answer);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::corrupt);
  EXPECT_TRUE(requests_.find(7));
  EXPECT_TRUE(requests_.settle(7, wire::FrameType::imposed));
}

TEST_F(Outstanding, AnAbandonedRequestLeavesTheQueue) {
  const auto tail = submit(7, wire::TailRequest{});
  requests_.abandon(7);
  requests_.abandon(8);
  EXPECT_TRUE(tail->abandoned);
  EXPECT_TRUE(requests_.empty());
  EXPECT_TRUE(channel_.outbox().idle());
}

TEST_F(Outstanding, QueuedRequestsFailTogether) {
  const auto tail = submit(7, wire::TailRequest{});
  const auto load = submit(8, wire::CloudLoad{});
  requests_.fail_queued(error(ErrorKind::unavailable, "the cloud said goodbye"));
  EXPECT_TRUE(requests_.empty());
  EXPECT_EQ(tail->answer.take(Clock::now())->error().message, "the cloud said goodbye");
  EXPECT_EQ(load->load.take(Clock::now())->error().message, "the cloud said goodbye");
}

TEST_F(Outstanding, OnlyASentTailCanBeOverdue) {
  const TimePoint now = Clock::now();
  const auto tail = submit(7, wire::TailRequest{.plan = {}, .wire = {}, .deadline = now});
  EXPECT_FALSE(requests_.has_overdue_tail(now));
  tail->sent = now;
  EXPECT_TRUE(requests_.has_overdue_tail(now));
  requests_.fail_sent_tails(error(ErrorKind::unavailable, "no response"));
  EXPECT_TRUE(tail->abandoned);
  EXPECT_TRUE(requests_.find(7));
}

}  // namespace
}  // namespace tideline::link
