#include "runtime/wire/tcp_state.h"

#include "runtime/wire/socket.h"
#include "tests/runtime/wire/loopback.h"

#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>

namespace tideline::wire {
namespace {

using asio::ip::tcp;

class TcpStateTest : public testing::Test {
 protected:
  TcpStateTest() {
    edge_.connect(acceptor_.local_endpoint());
    acceptor_.accept(cloud_);
  }
  void SetUp() override {
    if (std::getenv("QEMU_LD_PREFIX") && !read_tcp_state(edge_.native_handle()))
      GTEST_SKIP() << "qemu-user does not tell the state of a connection";
  }
  TcpState state() { return read_tcp_state(edge_.native_handle()).value(); }

  asio::io_context io_;
  tcp::acceptor acceptor_{io_, {asio::ip::make_address("127.0.0.1"), 0}};
  tcp::socket edge_{io_};
  tcp::socket cloud_{io_};
};

TEST_F(TcpStateTest, ATunedSocketTriesADarkWayAgainEverySecondAtLeast) {
  tune(edge_);
  constexpr int kTcpRtoMaxMs = 44;
  int most = 0;
  socklen_t size = sizeof most;
  if (::getsockopt(edge_.native_handle(), IPPROTO_TCP, kTcpRtoMaxMs, &most, &size) != 0)
    GTEST_SKIP() << "this kernel does not bound the time between retransmissions (Linux 6.15 does)";
  EXPECT_EQ(most, 1000);
}

TEST_F(TcpStateTest, WhatThePeerTookIsAcknowledgedAndNoMoreOutstanding) {
  const TcpState before = state();
  std::vector<char> bytes(10'000);
  asio::write(edge_, asio::buffer(bytes));
  asio::read(cloud_, asio::buffer(bytes));
  ASSERT_TRUE(comes_true([&] { return state().outstanding.count == 0; }));
  const TcpState after = state();
  EXPECT_EQ(after.acked.count, before.acked.count + bytes.size());
  EXPECT_GT(after.at, before.at);
  EXPECT_GT(after.window.count, 0U);
  ASSERT_TRUE(after.least_rtt);
  EXPECT_LE(*after.least_rtt, after.at - before.at + after.rtt);
}

TEST_F(TcpStateTest, WhileThePeerReadsNothingItHoldsTheSender) {
  edge_.non_blocking(true);
  const std::vector<char> bytes(1 << 20);
  asio::error_code full;
  while (!full) edge_.write_some(asio::buffer(bytes), full);
  ASSERT_EQ(full, asio::error::would_block);
  EXPECT_GT(state().outstanding.count, 0U);
  EXPECT_TRUE(comes_true([&] { return state().held_by_peer > Duration{}; }));
  EXPECT_GE(state().busy, state().held_by_peer);
}

TEST(TcpState, WhatIsNoTcpSocketTellsNothing) {
  EXPECT_FALSE(read_tcp_state(-1));
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  EXPECT_FALSE(read_tcp_state(pair[0]));
  ::close(pair[0]);
  ::close(pair[1]);
}

}  // namespace
}  // namespace tideline::wire
