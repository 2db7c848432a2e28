// Clouds whose kernel is there and whose program is not, or hardly: frozen ones, and such that drip.
#include "tests/runtime/link/fake_cloud.h"
#include "tests/runtime/wire/loopback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace tideline::link {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

TcpLink::Options hasty(std::uint16_t port) {
  TcpLink::Options options = wire::to_port(port);
  options.keepalive = milliseconds(200);
  return options;
}

// Four bytes, or as many as given, that nobody has to make sense of.
wire::TailRequest request(Duration patience, std::size_t size = 4) {
  const std::vector<std::byte> bytes(size);
  return {{std::string(wire::kSampleDigest), 0, plan::Codec::fp32},
          {Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(size)}, bytes)},
          wire::within(patience)};
}

bool is_refused_at_once(TcpLink& link) {
  const auto answer = link.send(request(wire::kLong))->wait(Clock::now());
  return answer && !*answer && answer->error().kind == ErrorKind::unavailable;
}

TEST(SilentClouds, AFrozenOneIsGoneOnWithoutAfterTheFirstLateRequestAndComesBackByAWord) {
  FakeCloud cloud;
  TcpLink::Options options = hasty(cloud.port());
  options.dead_after = wire::kLong;
  TcpLink link(options, nullptr, silent_log());
  wire::RawPeer frozen = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  const auto late = link.send(request(milliseconds(100)));
  const auto answer = late->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer && !*answer) << "who waits on is told";
  EXPECT_EQ(answer->error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer->error().message, HasSubstr("does not respond"));
  EXPECT_FALSE(link.state().up);
  EXPECT_THAT(link.state().why, HasSubstr("no response for"));
  EXPECT_TRUE(is_refused_at_once(link));

  ASSERT_TRUE(hear_next(frozen, wire::FrameType::run));
  while (!link.state().up) {
    const auto probe = frozen.hear();
    ASSERT_TRUE(probe);
    if (probe->header.type != wire::FrameType::probe) continue;
    frozen.say(wire::FrameType::echo, probe->header.id, encode(wire::Stamps{}));
    EXPECT_TRUE(link.wait_up(wire::within(wire::kLong)));
  }
  EXPECT_EQ(link.state().connects, 1U);
}

TEST(SilentClouds, AFrozenOneIsNoticedWithoutARequestToo) {
  FakeCloud cloud;
  TcpLink::Options options = hasty(cloud.port());
  options.dead_after = wire::kLong;
  TcpLink link(options, nullptr, silent_log());
  const wire::RawPeer frozen = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  EXPECT_TRUE(wire::comes_true([&] { return !link.state().up; }));
}

TEST(SilentClouds, WhatTheKernelOfAFrozenOneTakesKeepsItNotAlive) {
  FakeCloud cloud;
  TcpLink::Options options = hasty(cloud.port());
  options.dead_after = milliseconds(1000);
  TcpLink link(options, nullptr, silent_log());
  wire::RawPeer frozen = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  std::atomic<bool> done{false};
  std::thread client([&] {  // A steady load: each of it moves into the buffers of the frozen one.
    while (!done) (void)link.send(request(milliseconds(100), 16 << 10))->wait(wire::within(milliseconds(100)));
  });
  EXPECT_TRUE(wire::comes_true([&] { return link.state().why.find("no sign of life") != std::string::npos; }))
      << link.state().why;
  done = true;
  client.join();
}

TEST(SilentClouds, ALongUploadToOneThatReadsIsNoSilence) {
  FakeCloud cloud;
  TcpLink::Options options = hasty(cloud.port());
  options.keepalive = milliseconds(50);
  options.dead_after = milliseconds(300);
  TcpLink link(options, nullptr, silent_log());
  wire::RawPeer peer = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  link.limit(BitsPerSecond{1e6});
  const auto pending = link.send(request(wire::kLong, 100'000));  // 800 ms.
  const auto run = hear_next(peer, wire::FrameType::run);
  ASSERT_TRUE(run) << link.state().why;
  peer.say(wire::FrameType::answer, run->header.id, encode(wire::AnswerMessage{}));
  const auto answer = pending->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer);
  EXPECT_TRUE(*answer) << answer->error().message;
  EXPECT_EQ(link.state().connects, 1U);
}

TEST(SilentClouds, OneThatDripsItsAnswerIsHungUpOn) {
  FakeCloud cloud;
  TcpLink::Options options = hasty(cloud.port());
  options.dead_after = milliseconds(500);
  TcpLink link(options, nullptr, silent_log());
  wire::RawPeer drip = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  wire::TailRequest asked = request(wire::kLong);
  asked.outputs = {{"", DType::uint8, {1 << 20}}};
  const auto pending = link.send(asked);
  const auto run = hear_next(drip, wire::FrameType::run);
  ASSERT_TRUE(run);
  const wire::FrameMeta head = encode(wire::AnswerMessage{{}, answer_form(asked)});
  drip.say(encode(
      wire::FrameHeader{wire::FrameType::answer, run->header.id, static_cast<std::uint32_t>(head.size()), 1 << 20}));
  drip.say(head);
  std::thread dripping([&] {
    while (drip.say(std::vector<std::byte>(1))) std::this_thread::sleep_for(milliseconds(20));
  });
  const auto answer = pending->wait(wire::within(wire::kLong));
  dripping.join();
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer->error().message, HasSubstr("came too slowly"));
}

TEST(SilentClouds, AnAnswerThatTakesLongAndMovesOnIsTaken) {
  FakeCloud cloud;
  TcpLink::Options options = hasty(cloud.port());
  options.keepalive = milliseconds(100);
  options.dead_after = milliseconds(500);
  TcpLink link(options, nullptr, silent_log());
  wire::RawPeer slow = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  wire::TailRequest asked = request(wire::kLong);
  asked.outputs = {{"", DType::uint8, {1 << 20}}};
  const auto pending = link.send(asked);
  const auto run = hear_next(slow, wire::FrameType::run);
  ASSERT_TRUE(run);
  const wire::FrameMeta head = encode(wire::AnswerMessage{{}, answer_form(asked)});
  slow.say(encode(
      wire::FrameHeader{wire::FrameType::answer, run->header.id, static_cast<std::uint32_t>(head.size()), 1 << 20}));
  slow.say(head);
  const std::vector<std::byte> piece(16 << 10);
  for (int i = 0; i < 64; ++i) {  // Twice as long as a dead one is waited for.
    ASSERT_TRUE(slow.say(piece));
    std::this_thread::sleep_for(milliseconds(16));
  }
  const auto answer = pending->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer);
  EXPECT_TRUE(*answer) << answer->error().message;
}

TEST(SilentClouds, AFrameThatDoesNotEndIsHungUpOnHoweverItMoves) {
  FakeCloud cloud;
  TcpLink::Options options = wire::to_port(cloud.port());
  options.keepalive = milliseconds(100);
  options.limits.slow_frame = milliseconds(400);
  TcpLink link(options, nullptr, silent_log());
  wire::RawPeer slow = cloud.let_in();
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  wire::TailRequest asked = request(wire::kLong);
  asked.outputs = {{"", DType::uint8, {64 << 20}}};
  const auto pending = link.send(asked);
  const auto run = hear_next(slow, wire::FrameType::run);
  ASSERT_TRUE(run);
  const wire::FrameMeta head = encode(wire::AnswerMessage{{}, answer_form(asked)});
  slow.say(encode(
      wire::FrameHeader{wire::FrameType::answer, run->header.id, static_cast<std::uint32_t>(head.size()), 64 << 20}));
  slow.say(head);
  std::thread sending([&] {
    while (slow.say(std::vector<std::byte>(4096))) std::this_thread::sleep_for(milliseconds(5));
  });
  const auto answer = pending->wait(wire::within(wire::kLong));
  sending.join();
  ASSERT_TRUE(answer && !*answer);
  EXPECT_THAT(answer->error().message, HasSubstr("did not end within 400 ms"));
}

}  // namespace
}  // namespace tideline::link
