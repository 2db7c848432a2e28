// What one peer may take of a cloud, and what it is told when it wants more.
#include "runtime/net/limits.h"

#include "tests/runtime/net/certs.h"
#include "tests/runtime/net/loopback.h"
#include "tests/runtime/net/raw_peer.h"
#include "tests/runtime/net/runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST(Limits, OneAddressMayHoldOnlySoManyConnections) {
  CloudServer::Options options;
  options.limits.peer_connections = 1;
  const auto cloud = start_cloud(options);
  TcpLink first(to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(first.wait_up(within(kLong)));
  TcpLink second(to_port(cloud->port()), nullptr, silent_log());
  EXPECT_TRUE(comes_true([&] {
    return second.state().why.find("has 1 connections with 127.0.0.1 already") != std::string::npos;
  })) << second.state().why;
  EXPECT_TRUE(first.state().up);
  EXPECT_GE(cloud->counters().refusals["too_many_connections"], 1U);
}

TEST(Limits, UnderTlsWhoIsTooManyCostsNoHandshake) {
  CloudServer::Options options;
  options.limits.connections = 1;
  options.tls = our_certs().cloud();
  const auto cloud = start_cloud(options);
  TcpLink::Options edge = to_port(cloud->port());
  edge.tls = our_certs().edge();
  TcpLink first(edge, nullptr, silent_log());
  ASSERT_TRUE(first.wait_up(within(kLong)));
  RawPeer second(cloud->port());
  EXPECT_TRUE(second.hung_up());
  EXPECT_TRUE(comes_true([&] { return cloud->counters().connections == 1; }));
  EXPECT_EQ(cloud->counters().refusals["too_many_connections"], 1U);
  EXPECT_TRUE(first.state().up);
}

TEST(Limits, WhatOneEdgeHasUnderWayMayBeOnlySoLarge) {
  CloudServer::Options options;
  options.limits.in_flight = 1000;
  options.limits.in_flight_bytes = Bytes{1};  // So that one alone is served, and no second beside it.
  const auto cloud = start_cloud(options);
  RawPeer peer(cloud->port());
  ASSERT_TRUE(peer.greet());
  const ToldOfRuns told = say_runs(peer, 100);
  EXPECT_EQ(told.answered + told.refused.size(), 100U);
  EXPECT_GT(told.answered, 0U);
  EXPECT_FALSE(told.refused.empty());
  for (const Error& why : told.refused) {
    EXPECT_EQ(why.kind, ErrorKind::overloaded);
    EXPECT_THAT(why.message, HasSubstr("of this edge are under way already"));
  }
  EXPECT_EQ(cloud->counters().refusals["overloaded"], told.refused.size());
}

TEST(Limits, AnEdgeThatSaysNothingMoreIsHungUpOnAndOneThatKeepsAliveIsNot) {
  CloudServer::Options options;
  options.limits.idle = milliseconds(600);
  const auto cloud = start_cloud(options);
  TcpLink::Options lively = to_port(cloud->port());
  lively.keepalive = milliseconds(20);
  TcpLink good(lively, nullptr, silent_log());
  ASSERT_TRUE(good.wait_up(within(kLong)));
  RawPeer silent(cloud->port());
  ASSERT_TRUE(silent.greet());
  const std::optional<RawFrame> frame = silent.hear();
  ASSERT_TRUE(frame);
  ASSERT_EQ(frame->header.type, FrameType::refusal);
  EXPECT_THAT(decode_refusal(frame->head)->why.message, HasSubstr("nothing came for 600 ms"));
  EXPECT_TRUE(silent.hung_up());
  EXPECT_EQ(cloud->counters().refusals["idle"], 1U);
  EXPECT_EQ(cloud->counters().violations, 0U);
  EXPECT_EQ(good.state().connects, 1U);
}

}  // namespace
}  // namespace tideline
