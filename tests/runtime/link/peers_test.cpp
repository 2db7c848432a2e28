// A Peers link and several clouds: real ones, and one that answers as a test tells it to.
#include "runtime/link/peers.h"

#include "tests/runtime/wire/loopback.h"
#include "tests/runtime/wire/raw_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace tideline::link {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// A cloud that greets and refuses every request.
class RefusingCloud {
 public:
  explicit RefusingCloud(ErrorKind kind, Duration after = {}) : serving_([this, kind, after] { serve(kind, after); }) {}
  std::uint16_t port() const { return listener_.port(); }
  int asked() const { return asked_; }

 private:
  void serve(ErrorKind kind, Duration after) {
    wire::RawPeer edge(listener_.acceptor());
    edge.hear();
    edge.say(wire::FrameType::welcome, 0, encode(wire::Welcome{{{wire::lenet()->digest(), "lenet"}}, {}, {}}));
    while (const std::optional<wire::RawFrame> frame = edge.hear()) {  // Until the edge hangs up.
      if (frame->header.type == wire::FrameType::probe)
        edge.say(wire::FrameType::echo, frame->header.id, encode(wire::Stamps{}));
      if (frame->header.type != wire::FrameType::run) continue;
      ++asked_;
      std::this_thread::sleep_for(after);
      edge.say(wire::FrameType::refusal, frame->header.id, encode(wire::Refusal{{kind, "because"}}));
    }
  }
  wire::RawListener listener_;
  std::atomic<int> asked_{0};
  std::jthread serving_;
};

Peers::Options to_ports(const std::vector<std::uint16_t>& ports) {
  Peers::Options options;
  for (const std::uint16_t port : ports) options.peers.push_back(wire::to_port(port));
  options.health.slow_start = milliseconds(1);
  return options;
}

bool all_come_up(const Peers& peers) {
  return wire::comes_true(
      [&] { return std::ranges::all_of(peers.peers(), [](const PeerState& peer) { return peer.link.up; }); });
}

PeerCounters standing(const Peers& peers, std::size_t which) {
  return peers.peers()[which].standing.value_or(PeerCounters{});
}

std::uint64_t retried(const Peers& peers) {
  std::uint64_t sum = 0;
  for (const PeerState& peer : peers.peers()) sum += peer.standing->retried;
  return sum;
}

// Returns true iff the request was answered, and rightly.
bool answers(Peers& peers, std::uint64_t seed = 1) {
  const wire::Asked asked = wire::ask(1, seed);
  const auto answer = peers.send(asked.request)->wait(wire::within(wire::kLong));
  return answer && *answer && wire::same((*answer)->outputs, wire::expected(asked));
}

std::optional<ErrorKind> error_of(Peers& peers) {
  const auto answer = peers.send(wire::ask(1, 1).request)->wait(wire::within(wire::kLong));
  return answer && !*answer ? std::optional(answer->error().kind) : std::nullopt;
}

TEST(Peers, RequestsAreSpreadOverAllOfThemAndAnsweredTheSame) {
  const std::vector<std::unique_ptr<cloud::CloudServer>> clouds = [] {
    std::vector<std::unique_ptr<cloud::CloudServer>> three;
    three.reserve(3);
    for (int i = 0; i < 3; ++i) three.push_back(wire::start_cloud());
    return three;
  }();
  Peers peers(to_ports({clouds[0]->port(), clouds[1]->port(), clouds[2]->port()}), nullptr, silent_log());
  ASSERT_TRUE(all_come_up(peers));
  for (std::uint64_t i = 0; i < 60; ++i) EXPECT_TRUE(answers(peers, i));
  for (std::size_t i = 0; i < clouds.size(); ++i) {
    EXPECT_GT(clouds[i]->counters().served, 0u);
    EXPECT_EQ(clouds[i]->counters().served, standing(peers, i).answered);
  }
  EXPECT_EQ(peers.state().models.size(), 1u);
}

TEST(Peers, OneThatIsNotThereIsNotAskedAndSaysWhy) {
  const auto cloud = wire::start_cloud();
  Peers peers(to_ports({1, cloud->port()}), nullptr, silent_log());
  ASSERT_TRUE(wire::comes_true([&] { return peers.state().up; }));
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_TRUE(answers(peers, i));
  const auto states = peers.peers();
  EXPECT_FALSE(states[0].link.up);
  EXPECT_NE(states[0].link.why, "");
  EXPECT_EQ(peers.state().peer, "127.0.0.1:1, 127.0.0.1:" + std::to_string(cloud->port()));
  EXPECT_EQ(peers.state().why, "");
}

TEST(Peers, WhereNoneIsThereRequestsAreUnavailableAtOnceAndEveryReasonIsGiven) {
  Peers peers(to_ports({1, 2}), nullptr, silent_log());
  const auto answer = peers.send(wire::ask(0, 1).request)->wait(Clock::now());
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer->error().message, testing::AllOf(HasSubstr("127.0.0.1:1: "), HasSubstr("127.0.0.1:2: ")));
  EXPECT_FALSE(peers.state().up);
}

TEST(Peers, WhatIsLostWithOneIsAnsweredByAnother) {
  auto first = wire::start_cloud();
  const auto second = wire::start_cloud();
  Peers peers(to_ports({first->port(), second->port()}), nullptr, silent_log());
  ASSERT_TRUE(all_come_up(peers));
  peers.limit(BitsPerSecond{200e3});  // One packet takes 120 ms: all are still under way.
  std::vector<wire::Asked> asked;
  std::vector<std::unique_ptr<Pending>> pending;
  for (std::uint64_t i = 0; i < 12; ++i) {
    asked.push_back(wire::ask(0, i));
    pending.push_back(peers.send(asked.back().request));
  }
  ASSERT_GT(standing(peers, 0).outstanding, 0u);
  first.reset();
  peers.limit(std::nullopt);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto answer = pending[i]->wait(wire::within(wire::kLong));
    ASSERT_TRUE(answer && *answer) << i;
    EXPECT_TRUE(wire::same((*answer)->outputs, wire::expected(asked[i]))) << i;
  }
  EXPECT_GT(retried(peers), 0u);
  EXPECT_FALSE(standing(peers, 0).ejected_for) << "one loss is one failure, whatever was lost with it";
}

TEST(Peers, OneThatDrainsUnderLoadCostsNoRequest) {
  const auto first = wire::start_cloud();
  const auto second = wire::start_cloud();
  Peers peers(to_ports({first->port(), second->port()}), nullptr, silent_log());
  ASSERT_TRUE(all_come_up(peers));
  std::atomic<int> wrong{0};
  std::atomic<bool> done{false};
  std::vector<std::jthread> clients;
  for (std::uint64_t i = 0; i < 3; ++i)
    clients.emplace_back([&, i] {
      while (!done) wrong += answers(peers, i) ? 0 : 1;
    });
  EXPECT_TRUE(wire::comes_true([&] { return first->counters().served > 20; }));
  first->drain(wire::within(wire::kLong));
  const std::uint64_t before = second->counters().served;
  EXPECT_TRUE(wire::comes_true([&] { return second->counters().served > before + 20; }));
  done = true;
  clients.clear();
  EXPECT_EQ(wrong, 0);
}

TEST(Peers, WhatOneRefusesAsOverloadedIsAskedOfAnother) {
  RefusingCloud full(ErrorKind::overloaded);
  const auto cloud = wire::start_cloud();
  Peers peers(to_ports({full.port(), cloud->port()}), nullptr, silent_log());
  ASSERT_TRUE(all_come_up(peers));
  for (std::uint64_t i = 0; i < 40; ++i) EXPECT_TRUE(answers(peers, i));
  EXPECT_GT(full.asked(), 0);
  EXPECT_EQ(retried(peers), static_cast<std::uint64_t>(full.asked()));
  EXPECT_FALSE(standing(peers, 0).ejected_for) << "that it is full is no fault";
}

TEST(Peers, ARequestIsAskedOfOneMoreAtMost) {
  RefusingCloud one(ErrorKind::unavailable);
  RefusingCloud two(ErrorKind::unavailable);
  RefusingCloud three(ErrorKind::unavailable);
  Peers peers(to_ports({one.port(), two.port(), three.port()}), nullptr, silent_log());
  ASSERT_TRUE(all_come_up(peers));
  EXPECT_EQ(error_of(peers), ErrorKind::unavailable);
  EXPECT_EQ(one.asked() + two.asked() + three.asked(), 2);
}

TEST(Peers, WhatIsWrongWithTheRequestIsNotAskedOfAnotherAndIsNoFaultOfThePeer) {
  RefusingCloud one(ErrorKind::invalid);
  RefusingCloud two(ErrorKind::invalid);
  Peers peers(to_ports({one.port(), two.port()}), nullptr, silent_log());
  ASSERT_TRUE(all_come_up(peers));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(error_of(peers), ErrorKind::invalid);
  EXPECT_EQ(one.asked() + two.asked(), 20);
  EXPECT_FALSE(standing(peers, 0).ejected_for || standing(peers, 1).ejected_for);
}

TEST(Peers, WhatIsRefusedAfterItsTimeIsUpIsAskedOfNobodyElse) {
  RefusingCloud one(ErrorKind::unavailable, milliseconds(60));
  RefusingCloud two(ErrorKind::unavailable, milliseconds(60));
  Peers peers(to_ports({one.port(), two.port()}), nullptr, silent_log());
  ASSERT_TRUE(all_come_up(peers));
  const auto pending = peers.send(wire::ask(1, 1, plan::Codec::fp32, milliseconds(40)).request);
  const auto answer = pending->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(retried(peers), 0u);
}

TEST(Peers, OneThatFailsAgainAndAgainIsEjectedAndTheOthersServe) {
  RefusingCloud broken(ErrorKind::internal);
  const auto cloud = wire::start_cloud();
  Peers peers(to_ports({broken.port(), cloud->port()}), nullptr, silent_log());
  ASSERT_TRUE(all_come_up(peers));
  ASSERT_TRUE(wire::comes_true([&] {
    answers(peers);
    return standing(peers, 0).ejected_for.has_value();
  }));
  EXPECT_THAT(standing(peers, 0).ejected_why, HasSubstr("failed"));
  EXPECT_EQ(standing(peers, 0).share, 0);
  const int asked = broken.asked();
  for (std::uint64_t i = 0; i < 20; ++i) EXPECT_TRUE(answers(peers, i));
  EXPECT_EQ(broken.asked(), asked);
}

TEST(Peers, OneThatWasEjectedIsTriedAgainAndEjectedAgainForTwiceAsLong) {
  RefusingCloud broken(ErrorKind::internal);
  const auto cloud = wire::start_cloud();
  Peers::Options options = to_ports({broken.port(), cloud->port()});
  options.health.first_ejection = milliseconds(20);
  Peers peers(options, nullptr, silent_log());
  ASSERT_TRUE(all_come_up(peers));
  EXPECT_TRUE(wire::comes_true([&] {
    answers(peers);
    return standing(peers, 0).ejected_for.value_or(Duration{}) > milliseconds(20);
  }));
}

TEST(Peers, OnlyThoseOfTheWantedPrecisionAreAsked) {
  cloud::CloudServer::Options other;
  other.precision = Precision::bf16;
  const auto fp32 = wire::start_cloud();
  const auto bf16 = wire::start_cloud(other);
  Peers peers(to_ports({fp32->port(), bf16->port()}), nullptr, silent_log());
  ASSERT_TRUE(all_come_up(peers));
  const std::string model = wire::lenet()->digest();
  peers.expect({{model, Precision::bf16}});
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_TRUE(answers(peers, i));
  EXPECT_EQ(fp32->counters().served, 0u);
  EXPECT_TRUE(serves(peers, model, Precision::fp32));
  EXPECT_TRUE(serves(peers, model, Precision::bf16));
  peers.expect({{model, Precision::fp32}});
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_TRUE(answers(peers, i));
  EXPECT_EQ(fp32->counters().served, 10u);
}

TEST(Peers, OldConnectionsAreReplacedWithoutLosingARequest) {
  const auto first = wire::start_cloud();
  const auto second = wire::start_cloud();
  Peers::Options options = to_ports({first->port(), second->port()});
  options.reconnect_after = milliseconds(20);
  Peers peers(options, nullptr, silent_log());
  ASSERT_TRUE(all_come_up(peers));
  std::uint64_t seed = 0;
  EXPECT_TRUE(wire::comes_true([&] {
    EXPECT_TRUE(answers(peers, ++seed));
    return peers.state().connects > 12;
  }));
  EXPECT_EQ(standing(peers, 0).failed + standing(peers, 1).failed, 0u);
  EXPECT_EQ(retried(peers), 0u);
  EXPECT_TRUE(wire::comes_true([&] { return first->counters().connections + second->counters().connections <= 4; }))
      << "the old ones are hung up on";
}

TEST(Peers, AnOldConnectionIsKeptUntilWhatIsUnderWayOnItIsAnswered) {
  const auto cloud = wire::start_cloud();
  Peers::Options options = to_ports({cloud->port()});
  options.reconnect_after = milliseconds(20);
  Peers peers(options, nullptr, silent_log());
  ASSERT_TRUE(all_come_up(peers));
  peers.limit(BitsPerSecond{100e3});
  const wire::Asked asked = wire::ask(0, 1);
  const auto pending = peers.send(asked.request);
  const std::uint64_t before = peers.state().connects;
  EXPECT_TRUE(wire::comes_true([&] { return peers.state().connects > before; }));
  const auto answer = pending->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer && *answer);
  EXPECT_TRUE(wire::same((*answer)->outputs, wire::expected(asked)));
}

TEST(Peers, SeveralAreNotLoadedForMeasuring) {
  Peers peers(to_ports({1, 2}), nullptr, silent_log());
  const auto load = peers.impose({0.5, 0}, wire::within(wire::kLong));
  ASSERT_FALSE(load);
  EXPECT_EQ(load.error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace tideline::link
