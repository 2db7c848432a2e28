// A TcpLink and peers that are not what it hopes for.
#include "runtime/link/tcp_link.h"

#include "tests/runtime/link/fake_cloud.h"
#include "tests/runtime/wire/loopback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace tideline {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr std::uint16_t kNobody = 1;  // tcpmux: no test machine listens there.

bool comes_to_say(const TcpLink& link, const std::string& words) {
  const bool said = comes_true([&] { return link.state().why.find(words) != std::string::npos; });
  EXPECT_TRUE(said) << link.state().why;
  return said;
}

TailRequest small_request() {
  const std::array<std::byte, 4> bytes{};
  return {{std::string(kSampleDigest), 0, Codec::fp32}, {Tensor::copy_of(DType::uint8, {4}, bytes)}, within(kLong)};
}

TEST(TcpLink, ACloudThatIsNotThereMakesRequestsUnavailableAtOnce) {
  TcpLink link(to_port(kNobody), nullptr, silent_log());
  ASSERT_TRUE(comes_to_say(link, "Connection refused"));
  const auto answer = link.send(small_request())->wait(within(kLong));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer->error().message, HasSubstr("the cloud at 127.0.0.1:1 is unavailable: Connection refused"));
  EXPECT_EQ(link.impose({}, within(kLong)).error().kind, ErrorKind::unavailable);
  link.probe(1_KiB);
  EXPECT_EQ(link.state().connects, 0U);
}

TEST(TcpLink, WaitUpSaysWhyItIsNotUp) {
  TcpLink link(to_port(kNobody), nullptr, silent_log());
  ASSERT_TRUE(comes_to_say(link, "Connection refused"));
  const Result<void> up = link.wait_up(Clock::now());
  ASSERT_FALSE(up);
  EXPECT_EQ(up.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(up.error().message, HasSubstr("Connection refused"));
}

TEST(TcpLink, AHostNameIsResolved) {
  const auto cloud = start_cloud();
  TcpLink::Options options = to_port(cloud->port());
  options.peer.host = "localhost";
  TcpLink link(options, nullptr, silent_log());
  EXPECT_TRUE(link.wait_up(within(kLong)));
}

TEST(TcpLink, ACloudOfAnotherVersionIsNamedWithBothNumbers) {
  RawListener listener;
  TcpLink link(to_port(listener.port()), nullptr, silent_log());
  RawPeer peer(listener.acceptor());
  ASSERT_TRUE(peer.hear());
  std::vector<std::byte> welcome = frame_bytes(FrameType::welcome, 0, encode(Welcome{}));
  welcome[4] = std::byte{1};
  peer.say(welcome);
  comes_to_say(link, "the peer speaks version 1 of the Tideline protocol and this program version 4; run the same");
}

TEST(TcpLink, ACloudThatRefusesIsQuoted) {
  RawListener listener;
  TcpLink link(to_port(listener.port()), nullptr, silent_log());
  RawPeer peer(listener.acceptor());
  ASSERT_TRUE(peer.hear());
  peer.say(FrameType::refusal, 0, encode(Refusal{{ErrorKind::overloaded, "not today"}}));
  comes_to_say(link, "the cloud refused this edge: not today");
}

TEST(TcpLink, APeerThatNeverGreetsIsLeftAndSaidSo) {
  RawListener listener;
  TcpLink::Options options = to_port(listener.port());
  options.connect_timeout = milliseconds(100);
  TcpLink link(options, nullptr, silent_log());
  comes_to_say(link, "it did not answer within 100 ms");
}

TEST(TcpLink, APeerThatFallsSilentIsNoticedAndEveryPendingFails) {
  FakeCloud cloud;
  TcpLink::Options options = to_port(cloud.port());
  options.keepalive = milliseconds(50);
  options.dead_after = milliseconds(300);
  TcpLink link(options, nullptr, silent_log());
  RawPeer silent = cloud.let_in();
  ASSERT_TRUE(link.wait_up(within(kLong)));
  const auto answer = link.send(small_request())->wait(within(kLong));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer->error().message, HasSubstr("no sign of life from the cloud for 300 ms"));
}

TEST(TcpLink, ASlowTailDoesNotLookLikeADeadPeer) {
  FakeCloud cloud;
  TcpLink::Options options = to_port(cloud.port());
  options.keepalive = milliseconds(20);
  options.dead_after = milliseconds(200);
  TcpLink link(options, nullptr, silent_log());
  RawPeer peer = cloud.let_in();
  ASSERT_TRUE(link.wait_up(within(kLong)));
  const auto pending = link.send(small_request());
  std::uint64_t id = 0;
  const TimePoint until = within(milliseconds(600));  // Three times as long as a dead peer is waited for.
  while (Clock::now() < until || id == 0) {
    const std::optional<RawFrame> frame = peer.hear();
    ASSERT_TRUE(frame) << link.state().why;
    if (frame->header.type == FrameType::run) id = frame->header.id;
    if (frame->header.type == FrameType::probe) peer.say(FrameType::echo, frame->header.id, encode(Stamps{}));
  }
  peer.say(FrameType::answer, id, encode(AnswerMessage{}));
  const auto answer = pending->wait(within(kLong));
  ASSERT_TRUE(answer && *answer) << answer->error().message;
  EXPECT_EQ(link.state().connects, 1U);
}

TEST(TcpLink, WhatBreaksTheProtocolEndsTheConnectionWithItsReason) {
  struct Case {
    FrameType type;
    std::uint64_t id;
    FrameMeta head;
    std::string payload;
    std::string words;
  };
  const std::vector<Case> cases = {
      {FrameType::answer, 77, encode(AnswerMessage{}), "", "answered request 77, which is not outstanding"},
      {FrameType::echo, 78, encode(Stamps{}), "", "echoed probe 78, which is not outstanding"},
      {FrameType::answer, 1, FrameMeta(3), "", "the metadata of a frame 'answer' is broken"},
      {FrameType::echo, 1, encode(Stamps{}), "abc", "payload with a frame that has none"},
      {FrameType::run, 1, {}, "", "which only edges send"},
      {FrameType::refusal, 0, encode(Refusal{{ErrorKind::corrupt, "bad edge"}}), "", "the cloud hung up: bad edge"},
  };
  for (const Case& one : cases) {
    FakeCloud cloud;
    TcpLink link(to_port(cloud.port()), nullptr, silent_log());
    RawPeer peer = cloud.let_in();
    peer.say(one.type, one.id, one.meta, one.payload);
    EXPECT_TRUE(comes_to_say(link, one.words)) << one.words;
  }
}

TEST(TcpLink, AnAnswerOfAnotherKindThanWasAskedForIsCorruptAndTheRequestFails) {
  FakeCloud cloud;
  TcpLink link(to_port(cloud.port()), nullptr, silent_log());
  RawPeer peer = cloud.let_in();
  ASSERT_TRUE(link.wait_up(within(kLong)));
  const auto pending = link.send(small_request());
  const std::optional<RawFrame> run = peer.hear();
  ASSERT_TRUE(run);
  peer.say(FrameType::imposed, run->header.id, encode(LoadAnswer{}));
  const auto answer = pending->wait(within(kLong));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer->error().message, HasSubstr("with a frame of another kind"));
}

TEST(TcpLink, EveryErrorKindOfARefusalReachesTheCaller) {
  FakeCloud cloud;
  TcpLink link(to_port(cloud.port()), nullptr, silent_log());
  RawPeer peer = cloud.let_in();
  ASSERT_TRUE(link.wait_up(within(kLong)));
  for (const ErrorKind kind :
       {ErrorKind::invalid, ErrorKind::unavailable, ErrorKind::overloaded, ErrorKind::corrupt, ErrorKind::internal}) {
    const auto pending = link.send(small_request());
    std::optional<RawFrame> frame = peer.hear();
    while (frame && frame->header.type != FrameType::run) frame = peer.hear();
    ASSERT_TRUE(frame);
    peer.say(FrameType::refusal, frame->header.id, encode(Refusal{{kind, "because"}}));
    const auto answer = pending->wait(within(kLong));
    ASSERT_TRUE(answer && !*answer);
    EXPECT_EQ(answer->error().kind, kind);
    EXPECT_THAT(answer->error().message, HasSubstr("because"));
  }
}

TEST(TcpLink, WhatWaitsForACloudThatSaysGoodbyeIsTakenBack) {
  FakeCloud cloud;
  TcpLink link(to_port(cloud.port()), nullptr, silent_log());
  RawPeer peer = cloud.let_in();
  ASSERT_TRUE(link.wait_up(within(kLong)));
  link.limit(BitsPerSecond{20e3});
  const auto first = link.send(small_request());
  const auto second = link.send(small_request());
  peer.say(FrameType::goodbye, 0, encode(Goodbye{"new kernel"}));
  const auto gone = second->wait(within(kLong));
  ASSERT_TRUE(gone && !*gone);
  EXPECT_EQ(gone->error().kind, ErrorKind::unavailable);
  EXPECT_THAT(gone->error().message, HasSubstr("new kernel"));
  link.limit(std::nullopt);
  const std::optional<RawFrame> run = peer.hear();
  ASSERT_TRUE(run);
  peer.say(FrameType::answer, run->header.id, encode(AnswerMessage{}));
  const auto answer = first->wait(within(kLong));
  ASSERT_TRUE(answer);
  EXPECT_TRUE(*answer) << answer->error().message;
  EXPECT_TRUE(peer.hung_up());
}

TEST(TcpLink, KeepalivesMeasureTheRoundTripWithoutBeingAsked) {
  const auto cloud = start_cloud();
  Remembered remembered;
  TcpLink::Options options = to_port(cloud->port());
  options.keepalive = milliseconds(20);
  TcpLink link(options, &remembered, silent_log());
  EXPECT_TRUE(comes_true([&] { return remembered.rtts() >= 5; }));
}

TEST(TcpLink, AnUplinkThatStandsStillIsToldWhileItDoes) {
  FakeCloud cloud;
  Remembered remembered;
  TcpLink link(to_port(cloud.port()), &remembered, silent_log());
  const RawPeer deaf = cloud.let_in();
  ASSERT_TRUE(link.wait_up(within(kLong)));
  link.probe(64_MiB);  // More than the buffers on the way hold.
  const auto longest = [&] {
    Duration stall{};
    for (const LinkSample& sample : remembered.samples()) stall = std::max(stall, sample.stall.value_or(Duration{}));
    return stall;
  };
  EXPECT_TRUE(comes_true([&] { return longest() > milliseconds(600); })) << "and it grows";
}

TEST(TcpLink, ATailThatTheCloudHoldsIsToldWhileItDoes) {
  FakeCloud cloud;
  Remembered remembered;
  TcpLink link(to_port(cloud.port()), &remembered, silent_log());
  RawPeer crawling = cloud.let_in();
  ASSERT_TRUE(link.wait_up(within(kLong)));
  const Asked asked = ask(1, 3);
  const auto pending = link.send(asked.request);
  ASSERT_TRUE(crawling.hear());
  EXPECT_TRUE(comes_true([&] {
    const auto all = remembered.samples();
    return std::ranges::any_of(all, [&](const LinkSample& sample) {
      return sample.tail && sample.tail->is_held && sample.tail->plan == asked.request.plan &&
             sample.tail->took > milliseconds(300);
    });
  })) << "and it grows";
}

TEST(TcpLink, AnAnswerThatNobodyWaitsForTellsHowLongItsTailTook) {
  FakeCloud cloud;
  Remembered remembered;
  TcpLink link(to_port(cloud.port()), &remembered, silent_log());
  RawPeer late = cloud.let_in();
  ASSERT_TRUE(link.wait_up(within(kLong)));
  const Asked asked = ask(1, 3);
  std::optional<RawFrame> run;
  {
    const auto dropped = link.send(asked.request);
    run = late.hear();
    ASSERT_TRUE(run);
  }
  AnswerMessage answer;
  answer.outputs = answer_form(asked.request);
  answer.stamps.queue = microseconds(5);
  answer.stamps.decode = microseconds(1);
  answer.stamps.run = microseconds(7);
  answer.stamps.residence = microseconds(13);
  late.say(FrameType::answer, run->header.id, encode(answer), std::string(answer_size(asked.request), '\0'));
  std::optional<ObservedTail> seen;
  EXPECT_TRUE(comes_true([&] {
    for (const LinkSample& sample : remembered.samples())
      if (sample.tail && !sample.tail->is_held) seen = sample.tail;
    return seen.has_value();
  }));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->plan, asked.request.plan);
  EXPECT_EQ(seen->took, microseconds(8));
  EXPECT_EQ(seen->queue, microseconds(5));
}

TEST(TcpLink, TheUplinkIsMeasuredAsItIsWithinTenPercent) {
  const auto cloud = start_cloud();
  for (const BitsPerSecond rate : {10_Mbps, 50_Mbps}) {
    Remembered remembered;
    TcpLink link(to_port(cloud->port()), &remembered, silent_log());
    ASSERT_TRUE(link.wait_up(within(kLong)));
    link.limit(rate);
    for (std::size_t done = 0; done < 9; ++done) {
      link.probe(200_KiB);
      ASSERT_TRUE(comes_true([&] { return remembered.exact_uplinks().size() == done + 1; }));
    }
    // A machine that is busy with other things spoils single samples.
    std::vector<BitsPerSecond> samples = remembered.exact_uplinks();
    std::nth_element(samples.begin(), samples.begin() + 4, samples.end());
    EXPECT_NEAR(samples[4].value, rate.value, rate.value / 10);
  }
}

TEST(TcpLink, AChangeOfTheRateTakesEffectWithinTheFrameUnderWay) {
  const auto cloud = start_cloud();
  TcpLink link(to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(within(kLong)));
  link.limit(BitsPerSecond{10e3});  // The request would take a quarter of a minute or more.
  const Asked asked = big_request();
  const TimePoint before = Clock::now();
  const auto pending = link.send(asked.request);
  link.limit(BitsPerSecond{1e9});
  const auto answer = pending->wait(within(kLong));
  ASSERT_TRUE(answer && *answer);
  EXPECT_LT(Clock::now() - before, BitsPerSecond{10e3}.time_for(lenet()->cuts()[asked.request.plan.cut].bytes));
}

}  // namespace
}  // namespace tideline
