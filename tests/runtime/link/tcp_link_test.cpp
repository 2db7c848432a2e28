// A TcpLink and peers that are not what it hopes for.
#include "runtime/link/tcp_link.h"

#include "tests/runtime/link/fake_cloud.h"
#include "tests/runtime/wire/loopback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace tideline::link {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr std::uint16_t kNobody = 1;  // tcpmux: no test machine listens there.

bool comes_to_say(const TcpLink& link, const std::string& words) {
  const bool said = wire::comes_true([&] { return link.state().why.find(words) != std::string::npos; });
  EXPECT_TRUE(said) << link.state().why;
  return said;
}

wire::TailRequest small_request() {
  const std::array<std::byte, 4> bytes{};
  return {{std::string(wire::kSampleDigest), 0, plan::Codec::fp32},
          {Tensor::copy_of(DType::uint8, {4}, bytes)},
          wire::within(wire::kLong)};
}

TEST(TcpLink, ACloudThatIsNotThereMakesRequestsUnavailableAtOnce) {
  TcpLink link(wire::to_port(kNobody), nullptr, silent_log());
  ASSERT_TRUE(comes_to_say(link, "Connection refused"));
  const auto answer = link.send(small_request())->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer->error().message, HasSubstr("the cloud at 127.0.0.1:1 is unavailable: Connection refused"));
  EXPECT_EQ(link.impose({}, wire::within(wire::kLong)).error().kind, ErrorKind::unavailable);
  link.probe(1_KiB);
  EXPECT_EQ(link.state().connects, 0U);
}

TEST(TcpLink, WaitUpSaysWhyItIsNotUp) {
  TcpLink link(wire::to_port(kNobody), nullptr, silent_log());
  ASSERT_TRUE(comes_to_say(link, "Connection refused"));
  const Result<void> up = link.wait_up(Clock::now());
  ASSERT_FALSE(up);
  EXPECT_EQ(up.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(up.error().message, HasSubstr("Connection refused"));
}

TEST(TcpLink, AHostNameIsResolved) {
  const auto cloud = wire::start_cloud();
  TcpLink::Options options = wire::to_port(cloud->port());
  options.peer.host = "localhost";
  TcpLink link(options, nullptr, silent_log());
  EXPECT_TRUE(link.wait_up(wire::within(wire::kLong)));
}

TEST(TcpLink, ACloudOfAnotherVersionIsNamedWithBothNumbers) {
  wire::RawListener listener;
  TcpLink link(wire::to_port(listener.port()), nullptr, silent_log());
  wire::RawPeer peer(listener.acceptor());
  ASSERT_TRUE(peer.hear());
  std::vector<std::byte> welcome = frame_bytes(wire::FrameType::welcome, 0, encode(wire::Welcome{}));
  welcome[4] = std::byte{1};
  peer.say(welcome);
  comes_to_say(link, "the peer speaks version 1 of the Tideline protocol and this program version 8; run the same");
}

TEST(TcpLink, ACloudThatRefusesIsQuoted) {
  wire::RawListener listener;
  TcpLink link(wire::to_port(listener.port()), nullptr, silent_log());
  wire::RawPeer peer(listener.acceptor());
  ASSERT_TRUE(peer.hear());
  peer.say(wire::FrameType::refusal, 0, encode(wire::Refusal{{ErrorKind::overloaded, "not today"}}));
  comes_to_say(link, "the cloud refused this edge: not today");
}

TEST(TcpLink, APeerThatNeverGreetsIsLeftAndSaidSo) {
  wire::RawListener listener;
  TcpLink::Options options = wire::to_port(listener.port());
  options.connect_timeout = milliseconds(100);
  TcpLink link(options, nullptr, silent_log());
  comes_to_say(link, "it did not answer within 100 ms");
}

TEST(TcpLink, APeerThatFallsSilentIsNoticedAndEveryPendingFails) {
  FakeCloud cloud;
  TcpLink::Options options = wire::to_port(cloud.port());
  options.keepalive = milliseconds(50);
  options.dead_after = milliseconds(300);
  TcpLink link(options, nullptr, silent_log());
  wire::RawPeer silent = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  const auto answer = link.send(small_request())->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer->error().message, HasSubstr("no sign of life from the cloud for 300 ms"));
}

TEST(TcpLink, ASlowTailDoesNotLookLikeADeadPeer) {
  FakeCloud cloud;
  TcpLink::Options options = wire::to_port(cloud.port());
  options.keepalive = milliseconds(20);
  options.dead_after = milliseconds(200);
  TcpLink link(options, nullptr, silent_log());
  wire::RawPeer peer = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  const auto pending = link.send(small_request());
  std::uint64_t id = 0;
  const TimePoint until = wire::within(milliseconds(600));  // Three times as long as a dead peer is waited for.
  while (Clock::now() < until || id == 0) {
    const std::optional<wire::RawFrame> frame = peer.hear();
    ASSERT_TRUE(frame) << link.state().why;
    if (frame->header.type == wire::FrameType::run) id = frame->header.id;
    if (frame->header.type == wire::FrameType::probe)
      peer.say(wire::FrameType::echo, frame->header.id, encode(wire::Stamps{}));
  }
  peer.say(wire::FrameType::answer, id, encode(wire::AnswerMessage{}));
  const auto answer = pending->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer && *answer) << answer->error().message;
  EXPECT_EQ(link.state().connects, 1U);
}

TEST(TcpLink, WhatBreaksTheProtocolEndsTheConnectionWithItsReason) {
  struct Case {
    wire::FrameType type;
    std::uint64_t id;
    wire::FrameMeta meta;
    std::string payload;
    std::string words;
  };
  const std::vector<Case> cases = {
      {wire::FrameType::answer, 77, encode(wire::AnswerMessage{}), "", "answered request 77, which is not outstanding"},
      {wire::FrameType::echo, 78, encode(wire::Stamps{}), "", "echoed probe 78, which is not outstanding"},
      {wire::FrameType::answer, 1, wire::FrameMeta(3), "", "the metadata of a frame 'answer' is broken"},
      {wire::FrameType::echo, 1, encode(wire::Stamps{}), "abc", "payload with a frame that has none"},
      {wire::FrameType::run, 1, {}, "", "which only edges send"},
      {wire::FrameType::refusal, 0, encode(wire::Refusal{{ErrorKind::corrupt, "bad edge"}}), "",
       "the cloud hung up: bad edge"},
  };
  for (const Case& one : cases) {
    FakeCloud cloud;
    TcpLink link(wire::to_port(cloud.port()), nullptr, silent_log());
    wire::RawPeer peer = cloud.let_in();
    peer.say(one.type, one.id, one.meta, one.payload);
    EXPECT_TRUE(comes_to_say(link, one.words)) << one.words;
  }
}

TEST(TcpLink, AnAnswerOfAnotherKindThanWasAskedForIsCorruptAndTheRequestFails) {
  FakeCloud cloud;
  TcpLink link(wire::to_port(cloud.port()), nullptr, silent_log());
  wire::RawPeer peer = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  const auto pending = link.send(small_request());
  const std::optional<wire::RawFrame> run = peer.hear();
  ASSERT_TRUE(run);
  peer.say(wire::FrameType::imposed, run->header.id, encode(wire::LoadAnswer{}));
  const auto answer = pending->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer->error().message, HasSubstr("with a frame of another kind"));
}

TEST(TcpLink, EveryErrorKindOfARefusalReachesTheCaller) {
  FakeCloud cloud;
  TcpLink link(wire::to_port(cloud.port()), nullptr, silent_log());
  wire::RawPeer peer = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  for (const ErrorKind kind :
       {ErrorKind::invalid, ErrorKind::unavailable, ErrorKind::overloaded, ErrorKind::corrupt, ErrorKind::internal}) {
    const auto pending = link.send(small_request());
    std::optional<wire::RawFrame> frame = peer.hear();
    while (frame && frame->header.type != wire::FrameType::run) frame = peer.hear();
    ASSERT_TRUE(frame);
    peer.say(wire::FrameType::refusal, frame->header.id, encode(wire::Refusal{{kind, "because"}}));
    const auto answer = pending->wait(wire::within(wire::kLong));
    ASSERT_TRUE(answer && !*answer);
    EXPECT_EQ(answer->error().kind, kind);
    EXPECT_THAT(answer->error().message, HasSubstr("because"));
  }
}

TEST(TcpLink, WhatWaitsForACloudThatSaysGoodbyeIsTakenBack) {
  FakeCloud cloud;
  TcpLink link(wire::to_port(cloud.port()), nullptr, silent_log());
  wire::RawPeer peer = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  link.limit(BitsPerSecond{20e3});
  const auto first = link.send(small_request());
  const auto second = link.send(small_request());
  peer.say(wire::FrameType::goodbye, 0, encode(wire::Goodbye{"new kernel"}));
  const auto gone = second->wait(wire::within(wire::kLong));
  ASSERT_TRUE(gone && !*gone);
  EXPECT_EQ(gone->error().kind, ErrorKind::unavailable);
  EXPECT_THAT(gone->error().message, HasSubstr("new kernel"));
  link.limit(std::nullopt);
  const std::optional<wire::RawFrame> run = peer.hear();
  ASSERT_TRUE(run);
  peer.say(wire::FrameType::answer, run->header.id, encode(wire::AnswerMessage{}));
  const auto answer = first->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer);
  EXPECT_TRUE(*answer) << answer->error().message;
  EXPECT_TRUE(peer.hung_up());
}

TEST(TcpLink, KeepalivesMeasureTheRoundTripWithoutBeingAsked) {
  const auto cloud = wire::start_cloud();
  wire::Remembered remembered;
  TcpLink::Options options = wire::to_port(cloud->port());
  options.keepalive = milliseconds(20);
  TcpLink link(options, &remembered, silent_log());
  EXPECT_TRUE(wire::comes_true([&] { return remembered.rtts() >= 5; }));
}

TEST(TcpLink, AnUplinkThatStandsStillIsToldWhileItDoes) {
  FakeCloud cloud;
  wire::Remembered remembered;
  TcpLink link(wire::to_port(cloud.port()), &remembered, silent_log());
  const wire::RawPeer deaf = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  link.probe(64_MiB);  // More than the buffers on the way hold.
  const auto longest = [&] {
    Duration stall{};
    for (const plan::LinkSample& sample : remembered.samples())
      stall = std::max(stall, sample.stall.value_or(Duration{}));
    return stall;
  };
  EXPECT_TRUE(wire::comes_true([&] { return longest() > milliseconds(600); })) << "and it grows";
}

TEST(TcpLink, ATailThatTheCloudHoldsIsToldWhileItDoes) {
  FakeCloud cloud;
  wire::Remembered remembered;
  TcpLink link(wire::to_port(cloud.port()), &remembered, silent_log());
  wire::RawPeer crawling = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  const wire::Asked asked = wire::ask(1, 3);
  const auto pending = link.send(asked.request);
  ASSERT_TRUE(crawling.hear());
  EXPECT_TRUE(wire::comes_true([&] {
    const auto all = remembered.samples();
    return std::ranges::any_of(all, [&](const plan::LinkSample& sample) {
      return sample.tail && sample.tail->is_held && sample.tail->plan == asked.request.plan &&
             sample.tail->took > milliseconds(300);
    });
  })) << "and it grows";
}

TEST(TcpLink, AnAnswerThatNobodyWaitsForTellsHowLongItsTailTook) {
  FakeCloud cloud;
  wire::Remembered remembered;
  TcpLink link(wire::to_port(cloud.port()), &remembered, silent_log());
  wire::RawPeer late = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  const wire::Asked asked = wire::ask(1, 3);
  std::optional<wire::RawFrame> run;
  {
    const auto dropped = link.send(asked.request);
    run = late.hear();
    ASSERT_TRUE(run);
  }
  wire::AnswerMessage answer;
  answer.outputs = answer_form(asked.request);
  answer.stamps.queue = microseconds(5);
  answer.stamps.decode = microseconds(1);
  answer.stamps.run = microseconds(7);
  answer.stamps.residence = microseconds(13);
  late.say(wire::FrameType::answer, run->header.id, encode(answer), std::string(answer_size(asked.request), '\0'));
  std::optional<plan::ObservedTail> seen;
  EXPECT_TRUE(wire::comes_true([&] {
    for (const plan::LinkSample& sample : remembered.samples())
      if (sample.tail && !sample.tail->is_held) seen = sample.tail;
    return seen.has_value();
  }));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->plan, asked.request.plan);
  EXPECT_EQ(seen->took, microseconds(8));
  EXPECT_EQ(seen->queue, microseconds(5));
}

TEST(TcpLink, TheUplinkIsMeasuredAsItIsWithinTenPercent) {
  const auto cloud = wire::start_cloud();
  for (const BitsPerSecond rate : {10_Mbps, 50_Mbps}) {
    wire::Remembered remembered;
    TcpLink link(wire::to_port(cloud->port()), &remembered, silent_log());
    ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
    link.limit(rate);
    for (std::size_t done = 0; done < 5; ++done) {
      link.probe(200_KiB);
      ASSERT_TRUE(wire::comes_true([&] { return remembered.exact_uplinks().size() == done + 1; }));
    }
    // A machine that is busy with other things spoils single samples.
    std::vector<BitsPerSecond> samples = remembered.exact_uplinks();
    std::nth_element(samples.begin(), samples.begin() + 2, samples.end());
    EXPECT_NEAR(samples[2].value, rate.value, rate.value / 10);
  }
}

TEST(TcpLink, AChangeOfTheRateTakesEffectWithinTheFrameUnderWay) {
  const auto cloud = wire::start_cloud();
  TcpLink link(wire::to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  link.limit(BitsPerSecond{10e3});  // The request would take a quarter of a minute or more.
  const wire::Asked asked = wire::big_request();
  const TimePoint before = Clock::now();
  const auto pending = link.send(asked.request);
  link.limit(BitsPerSecond{1e9});
  const auto answer = pending->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer && *answer);
  EXPECT_LT(Clock::now() - before, BitsPerSecond{10e3}.time_for(wire::lenet()->cuts()[asked.request.plan.cut].bytes));
}

}  // namespace
}  // namespace tideline::link
