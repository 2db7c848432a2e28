// What one peer may take of a cloud, and what it is told when it wants more.
#include "runtime/wire/limits.h"

#include "tests/runtime/link/runs.h"
#include "tests/runtime/wire/certs.h"
#include "tests/runtime/wire/loopback.h"
#include "tests/runtime/wire/raw_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::wire {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST(Limits, OneAddressMayHoldOnlySoManyConnections) {
  cloud::CloudServer::Options options;
  options.limits.peer_connections = 1;
  const auto cloud = start_cloud(options);
  link::TcpLink first(to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(first.wait_up(within(kLong)));
  link::TcpLink second(to_port(cloud->port()), nullptr, silent_log());
  EXPECT_TRUE(comes_true([&] {
    return second.state().why.find("has 1 connections with 127.0.0.1 already") != std::string::npos;
  })) << second.state().why;
  EXPECT_TRUE(first.state().up);
  EXPECT_GE(cloud->counters().refusals["too_many_connections"], 1U);
}

TEST(Limits, UnderTlsWhoIsTooManyCostsNoHandshake) {
  cloud::CloudServer::Options options;
  options.limits.connections = 1;
  options.tls = our_certs().cloud();
  const auto cloud = start_cloud(options);
  link::TcpLink::Options edge = to_port(cloud->port());
  edge.tls = our_certs().edge();
  link::TcpLink first(edge, nullptr, silent_log());
  ASSERT_TRUE(first.wait_up(within(kLong)));
  RawPeer second(cloud->port());
  EXPECT_TRUE(second.hung_up());
  EXPECT_TRUE(comes_true([&] { return cloud->counters().connections == 1; }));
  EXPECT_EQ(cloud->counters().refusals["too_many_connections"], 1U);
  EXPECT_TRUE(first.state().up);
}

TEST(Limits, WhatOneEdgeHasUnderWayMayBeOnlySoLarge) {
  cloud::CloudServer::Options options;
  options.limits.in_flight = 1000;
  options.limits.in_flight_bytes = Bytes{1};  // So that one alone is served, and no second beside it.
  const auto cloud = start_cloud(options);
  RawPeer peer(cloud->port());
  ASSERT_TRUE(peer.greet());
  const link::ToldOfRuns told = link::say_runs(peer, 100);
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
  cloud::CloudServer::Options options;
  options.limits.idle = milliseconds(600);
  const auto cloud = start_cloud(options);
  link::TcpLink::Options lively = to_port(cloud->port());
  lively.keepalive = milliseconds(20);
  link::TcpLink good(lively, nullptr, silent_log());
  ASSERT_TRUE(good.wait_up(within(kLong)));
  RawPeer silent(cloud->port());
  ASSERT_TRUE(silent.greet());
  const std::optional<RawFrame> frame = silent.hear();
  ASSERT_TRUE(frame);
  ASSERT_EQ(frame->header.type, FrameType::refusal);
  EXPECT_THAT(decode_refusal(frame->meta)->why.message, HasSubstr("nothing came for 600 ms"));
  EXPECT_TRUE(silent.hung_up());
  EXPECT_EQ(cloud->counters().refusals["idle"], 1U);
  EXPECT_EQ(cloud->counters().violations, 0U);
  EXPECT_EQ(good.state().connects, 1U);
}

TEST(Limits, WhoSaysNothingKeepsNobodyOut) {
  for (const bool tls : {false, true}) {
    SCOPED_TRACE(tls);
    cloud::CloudServer::Options options;
    options.limits.connections = 2;
    options.limits.peer_connections = 1;
    options.limits.peer_strangers = 4;
    if (tls) options.tls = our_certs().cloud();
    const auto cloud = start_cloud(options);
    std::vector<RawPeer> silent;
    for (int i = 0; i < 12; ++i) silent.emplace_back(cloud->port());
    link::TcpLink::Options edge = to_port(cloud->port());
    if (tls) edge.tls = our_certs().edge();
    link::TcpLink link(edge, nullptr, silent_log());
    ASSERT_TRUE(link.wait_up(within(kLong)));
    EXPECT_EQ(link.state().connects, 1U);
    EXPECT_TRUE(silent.front().hung_up()) << "the oldest is the first to go";
    EXPECT_EQ(cloud->counters().refusals["silent"], 9U) << "12 and the edge, where 4 may be";
    EXPECT_EQ(cloud->counters().refusals["too_many_connections"], 0U);
    EXPECT_TRUE(serves(link));
  }
}

TEST(Limits, AGreetingHasToComeInTime) {
  cloud::CloudServer::Options options;
  options.limits.handshake = milliseconds(200);
  const auto cloud = start_cloud(options);
  RawPeer silent(cloud->port());
  EXPECT_TRUE(silent.hung_up());
  EXPECT_TRUE(comes_true([&] { return cloud->counters().connections == 0; }));
}

TEST(Limits, OnePeerMayHoldOnlySoManyConnectionsWhateverItsAddress) {
  const Certs certs;
  certs.add({TlsContext::Role::edge, "other", {}, kValidNow});
  cloud::CloudServer::Options options;
  options.limits.peer_connections = 1;
  options.tls = certs.cloud();
  const auto cloud = start_cloud(options);
  link::TcpLink::Options edge = to_port(cloud->port());
  edge.tls = certs.edge();
  link::TcpLink first(edge, nullptr, silent_log());
  ASSERT_TRUE(first.wait_up(within(kLong)));
  link::TcpLink second(edge, nullptr, silent_log());
  EXPECT_TRUE(comes_true([&] {
    return second.state().why.find("has 1 connections with certificate ") != std::string::npos;
  })) << second.state().why;
  edge.tls = certs.edge("other");
  link::TcpLink other(edge, nullptr, silent_log());
  EXPECT_TRUE(serves(other)) << "another certificate from the same address is another peer";
  EXPECT_TRUE(first.state().up);
}

TEST(Limits, AllConnectionsOfAPeerMayHaveOnlySoManyRequestsUnderWay) {
  cloud::CloudServer::Options options;
  options.limits.peer_in_flight = 1;
  const auto cloud = start_cloud(options);
  RawPeer peer(cloud->port());
  ASSERT_TRUE(peer.greet());
  const link::ToldOfRuns told = link::say_runs(peer, 100);
  EXPECT_GT(told.answered, 0U);
  ASSERT_FALSE(told.refused.empty());
  EXPECT_THAT(told.refused[0].message, HasSubstr("1 requests of 127.0.0.1 are under way already"));
}

TEST(Limits, WhatIsHeldForPeersHasABoundAndIsGivenBack) {
  const std::uint64_t one = link::run_message(0).sizes[0] + 10 * sizeof(float);  // Its tensor and its answer.
  Budget budget({Bytes{8 * one}, Bytes{2 * one}});
  cloud::CloudServer::Options options;
  options.budget = &budget;
  const auto cloud = start_cloud(options);
  RawPeer peer(cloud->port());
  ASSERT_TRUE(peer.greet());
  const link::ToldOfRuns told = link::say_runs(peer, 100);
  EXPECT_EQ(told.answered + told.refused.size(), 100U);
  EXPECT_GT(told.answered, 0U);
  ASSERT_FALSE(told.refused.empty());
  EXPECT_EQ(told.refused[0].kind, ErrorKind::overloaded);
  EXPECT_THAT(told.refused[0].message, HasSubstr("are already held for this peer"));
  EXPECT_TRUE(comes_true([&] { return budget.held() == Bytes{}; }));
}

TEST(Limits, WhatIsNeverHeldForOnePeerIsRefusedBeforeItHasCome) {
  Budget budget({1_KiB, 1_KiB});
  cloud::CloudServer::Options options;
  options.budget = &budget;
  const auto cloud = start_cloud(options);
  RawPeer peer(cloud->port());
  ASSERT_TRUE(peer.greet());
  const RunMessage message = link::run_message(0);
  const FrameMeta head = encode(message);
  peer.say(encode(FrameHeader{FrameType::run, 1, static_cast<std::uint32_t>(head.size()), message.sizes[0]}));
  peer.say(head);  // And not one byte of the payload.
  const std::optional<RawFrame> frame = peer.hear();
  ASSERT_TRUE(frame);
  ASSERT_EQ(frame->header.type, FrameType::refusal);
  EXPECT_EQ(decode_refusal(frame->meta)->why.kind, ErrorKind::invalid);
  EXPECT_EQ(budget.held(), Bytes{});
}

}  // namespace
}  // namespace tideline::wire
