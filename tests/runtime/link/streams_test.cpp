// The requests of streams over links: a difference goes where its reference is, and nowhere else.
#include "runtime/link/peers.h"
#include "tests/runtime/link/fake_cloud.h"
#include "tests/runtime/link/streamed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace tideline::link {
namespace {

using Marks = std::shared_ptr<const wire::ConnectionMark>;

// Returns the answer, which must come and be right.
wire::TailAnswer answer_to(Link& link, const Streamed& sent) {
  auto answer = link.send(sent.asked.request)->wait(wire::within(wire::kLong));
  if (!answer || !*answer) {
    ADD_FAILURE() << (answer ? answer->error().message : "no answer came");
    return {};
  }
  EXPECT_TRUE(is_right(sent, **answer));
  return **std::move(answer);
}

std::optional<ErrorKind> refusal_of(Link& link, const Streamed& sent) {
  const auto answer = link.send(sent.asked.request)->wait(wire::within(wire::kLong));
  return answer && !*answer ? std::optional(answer->error().kind) : std::nullopt;
}

Streamed difference(const Streamed& before, std::uint32_t frame, std::uint32_t reference, Marks home) {
  Streamed made = streamed(frame, {.stream = 1, .frame = frame, .reference = reference}, &before);
  made.asked.request.home = std::move(home);
  return made;
}

Peers::Options to_clouds(const std::vector<std::uint16_t>& ports) {
  Peers::Options options;
  for (const std::uint16_t port : ports) options.peers.push_back(wire::to_port(port));
  options.health.slow_start = std::chrono::milliseconds(1);
  return options;
}

bool all_up(const Peers& peers) {
  return wire::comes_true(
      [&] { return std::ranges::all_of(peers.peers(), [](const PeerState& peer) { return peer.link.up; }); });
}

std::uint64_t refused_by(const cloud::CloudServer& cloud) {
  return cloud.counters().refused;
}

TEST(Streams, ADifferenceOnTheConnectionOfItsReferenceIsAnsweredAsTheWhole) {
  const auto cloud = wire::start_cloud();
  TcpLink link(wire::to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  const Streamed first = streamed(1, {.stream = 1, .frame = 1});
  const Marks home = answer_to(link, first).connection;
  ASSERT_NE(home, nullptr);
  EXPECT_TRUE(home->is_open());
  const Streamed second = difference(first, 2, 1, home);
  EXPECT_LT(second.asked.request.wire[0].bytes().size(), first.asked.request.wire[0].bytes().size() / 4);
  EXPECT_EQ(answer_to(link, second).connection, home);
  EXPECT_EQ(cloud->counters().streams, 1u);
  EXPECT_EQ(refused_by(*cloud), 0u);
}

TEST(Streams, ADifferenceDoesNotLeaveOverAnotherConnection) {
  const auto cloud = wire::start_cloud();
  TcpLink one(wire::to_port(cloud->port()), nullptr, silent_log());
  TcpLink two(wire::to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(one.wait_up(wire::within(wire::kLong)) && two.wait_up(wire::within(wire::kLong)));
  const Streamed first = streamed(1, {.stream = 1, .frame = 1});
  const Marks home = answer_to(one, first).connection;
  EXPECT_EQ(refusal_of(two, difference(first, 2, 1, home)), ErrorKind::no_reference);
  EXPECT_EQ(refusal_of(two, difference(first, 2, 1, nullptr)), ErrorKind::no_reference);
  EXPECT_EQ(refused_by(*cloud), 0u) << "it never came to the cloud";
  answer_to(one, difference(first, 2, 1, home));
}

TEST(Streams, AReconnectEndsTheMarkAndTheReferences) {
  auto cloud = wire::start_cloud();
  const std::uint16_t port = cloud->port();
  TcpLink link(wire::to_port(port), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  const Streamed first = streamed(1, {.stream = 1, .frame = 1});
  const Marks home = answer_to(link, first).connection;
  cloud.reset();
  EXPECT_TRUE(wire::comes_true([&] { return !home->is_open(); }));
  cloud = wire::start_cloud({.listen = {"127.0.0.1", port}});
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  EXPECT_EQ(refusal_of(link, difference(first, 2, 1, home)), ErrorKind::no_reference);
  EXPECT_EQ(refused_by(*cloud), 0u);
  EXPECT_NE(answer_to(link, streamed(3, {.stream = 1, .frame = 3})).connection, home);
}

TEST(Streams, AnEvictedReferenceIsRefusedAndTheConnectionGoesOn) {
  cloud::CloudServer::Options options;
  options.limits.references = {};
  const auto cloud = wire::start_cloud(options);
  TcpLink link(wire::to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  const Streamed first = streamed(1, {.stream = 1, .frame = 1});
  const Marks home = answer_to(link, first).connection;
  EXPECT_EQ(refusal_of(link, difference(first, 2, 1, home)), ErrorKind::no_reference);
  answer_to(link, streamed(3, {.stream = 1, .frame = 3}));
  EXPECT_EQ(cloud->counters().refusals.at("no_reference"), 1u);
  EXPECT_EQ(link.state().connects, 1u);
}

TEST(Streams, OfSeveralCloudsOneGetsTheWholeStream) {
  const auto one = wire::start_cloud();
  const auto two = wire::start_cloud();
  Peers peers(to_clouds({one->port(), two->port()}), nullptr, silent_log());
  ASSERT_TRUE(all_up(peers));
  Streamed before = streamed(1, {.stream = 1, .frame = 1});
  const Marks home = answer_to(peers, before).connection;
  for (std::uint32_t frame = 2; frame <= 40; ++frame) {
    Streamed next = difference(before, frame, frame - 1, home);
    EXPECT_EQ(answer_to(peers, next).connection, home);
    before = std::move(next);
  }
  const std::uint64_t served[] = {one->counters().served, two->counters().served};
  EXPECT_THAT(served, testing::UnorderedElementsAre(0u, 40u));
}

TEST(Streams, WhenTheirCloudIsGoneADifferenceIsSentNowhereAndTheWholeMovesOn) {
  std::vector<std::unique_ptr<cloud::CloudServer>> clouds;
  clouds.push_back(wire::start_cloud());
  clouds.push_back(wire::start_cloud());
  Peers peers(to_clouds({clouds[0]->port(), clouds[1]->port()}), nullptr, silent_log());
  ASSERT_TRUE(all_up(peers));
  const Streamed first = streamed(1, {.stream = 1, .frame = 1});
  const Marks home = answer_to(peers, first).connection;
  const std::size_t lost = clouds[0]->counters().served == 1 ? 0 : 1;
  clouds[lost].reset();
  ASSERT_TRUE(wire::comes_true([&] { return !peers.peers()[lost].link.up; }));
  EXPECT_EQ(refusal_of(peers, difference(first, 2, 1, home)), ErrorKind::no_reference);
  Streamed whole = streamed(3, {.stream = 1, .frame = 3});
  whole.asked.request.home = home;
  const Marks next = answer_to(peers, whole).connection;
  EXPECT_NE(next, home);
  answer_to(peers, difference(whole, 4, 3, next));
  EXPECT_EQ(refused_by(*clouds[1 - lost]), 0u);
  EXPECT_EQ(peers.peers()[1 - lost].standing->failed, 0u);
  EXPECT_EQ(peers.peers()[1 - lost].standing->retried, 0u);
}

// A cloud that has lost every reference.
class ForgetfulCloud {
 public:
  std::uint16_t port() const { return cloud_.port(); }
  int asked() const { return asked_; }

 private:
  void serve() {
    wire::RawPeer edge = cloud_.let_in({{{wire::lenet()->digest(), "lenet"}}, {}, {}});
    while (const auto run = hear_next(edge, wire::FrameType::run)) {
      ++asked_;
      edge.say(wire::FrameType::refusal, run->header.id, encode(wire::Refusal{{ErrorKind::no_reference, "gone"}}));
    }
  }
  FakeCloud cloud_;
  std::atomic<int> asked_{0};
  std::jthread serving_{[this] { serve(); }};
};

TEST(Streams, AMissingReferenceIsNoFaultOfACloudAndIsNotRetried) {
  ForgetfulCloud one;
  ForgetfulCloud two;
  Peers peers(to_clouds({one.port(), two.port()}), nullptr, silent_log());
  ASSERT_TRUE(all_up(peers));
  for (std::uint32_t frame = 1; frame <= 30; ++frame)
    EXPECT_EQ(refusal_of(peers, streamed(frame, {.stream = 1, .frame = frame})), ErrorKind::no_reference);
  EXPECT_EQ(one.asked() + two.asked(), 30);
  for (const PeerState& peer : peers.peers()) {
    EXPECT_EQ(peer.standing->failed, 0u);
    EXPECT_EQ(peer.standing->outstanding, 0u);
    EXPECT_FALSE(peer.standing->ejected_for);
  }
}

}  // namespace
}  // namespace tideline::link
