// What peers may do to a cloud, and what it does then. In each case another edge keeps being served.
#include "tests/runtime/link/runs.h"
#include "tests/runtime/wire/loopback.h"
#include "tests/runtime/wire/raw_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace tideline::cloud {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class HostilePeers : public testing::Test {
 protected:
  static CloudServer::Options options() {
    CloudServer::Options options;
    options.limits.slow_frame = milliseconds(400);
    options.limits.payload = 1_MiB;
    options.limits.in_flight = 8;
    return options;
  }

  void TearDown() override {
    EXPECT_TRUE(wire::serves(good_)) << "another edge was not served any more";
    EXPECT_EQ(good_.state().connects, 1U) << "another edge was disturbed";
  }

  // Expects a refusal of the connection with these words, the end of it, and one violation counted.
  void expect_hung_up_on(wire::RawPeer& peer, const std::string& words) {
    const std::optional<wire::RawFrame> frame = peer.hear();
    ASSERT_TRUE(frame) << words;
    ASSERT_EQ(frame->header.type, wire::FrameType::refusal);
    EXPECT_EQ(frame->header.id, 0U);
    const Result<wire::Refusal> refusal = wire::decode_refusal(frame->meta);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->why.kind, ErrorKind::corrupt);
    EXPECT_THAT(refusal->why.message, HasSubstr(words));
    EXPECT_TRUE(peer.hung_up());
    peer.close();
    EXPECT_TRUE(wire::comes_true([&] { return cloud_->counters().violations == 1; }));
    EXPECT_TRUE(wire::comes_true([&] { return cloud_->counters().connections == 1; }));
  }

  // Expects a refusal of request `id`, on a connection that goes on.
  Error refusal_of(wire::RawPeer& peer, std::uint64_t id) {
    const std::optional<wire::RawFrame> frame = peer.hear();
    if (!frame || frame->header.type != wire::FrameType::refusal) {
      ADD_FAILURE() << "no refusal came";
      return {};
    }
    EXPECT_EQ(frame->header.id, id);
    EXPECT_TRUE(peer.say(wire::FrameType::probe, 99, {}));
    const std::optional<wire::RawFrame> echo = peer.hear();
    EXPECT_TRUE(echo && echo->header.type == wire::FrameType::echo && echo->header.id == 99);
    EXPECT_EQ(cloud_->counters().violations, 0U);
    EXPECT_EQ(cloud_->counters().refused, 1U);
    return wire::decode_refusal(frame->meta)->why;
  }

  const std::unique_ptr<CloudServer> cloud_ = wire::start_cloud(options());
  link::TcpLink good_{wire::to_port(cloud_->port()), nullptr, silent_log()};
};

TEST_F(HostilePeers, RandomBytesAreNotTheProtocol) {
  ASSERT_TRUE(wire::serves(good_));
  std::mt19937 random(5);
  std::vector<std::byte> bytes(5000);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  wire::RawPeer peer(cloud_->port());
  peer.say(bytes);
  expect_hung_up_on(peer, "not speak the Tideline protocol");
}

TEST_F(HostilePeers, AnHttpClientIsToldSo) {
  ASSERT_TRUE(wire::serves(good_));
  wire::RawPeer peer(cloud_->port());
  peer.say(std::as_bytes(std::span(std::string_view("GET / HTTP/1.1\r\nHost: a-rather-long-name\r\n\r\n"))));
  expect_hung_up_on(peer, "not speak the Tideline protocol");
}

TEST_F(HostilePeers, AnotherVersionIsToldBothNumbers) {
  ASSERT_TRUE(wire::serves(good_));
  std::vector<std::byte> hello = frame_bytes(wire::FrameType::hello, 0, encode(wire::Hello{"future"}));
  hello[4] = std::byte{9};
  wire::RawPeer peer(cloud_->port());
  peer.say(hello);
  expect_hung_up_on(peer, "the peer speaks version 9 of the Tideline protocol and this program version 8");
}

TEST_F(HostilePeers, AnEdgeThatDoesNotGreetFirstIsHungUpOn) {
  ASSERT_TRUE(wire::serves(good_));
  wire::RawPeer peer(cloud_->port());
  peer.say(wire::FrameType::probe, 1, {});
  expect_hung_up_on(peer, "begin with a hello");
}

TEST_F(HostilePeers, AnEdgeThatSaysNothingAtAllIsHungUpOn) {
  ASSERT_TRUE(wire::serves(good_));
  wire::RawPeer peer(cloud_->port());
  expect_hung_up_on(peer, "the greeting did not arrive in time");
}

TEST_F(HostilePeers, AFrameOverTheLimitIsHungUpOnBeforeItsMemoryIsTaken) {
  ASSERT_TRUE(wire::serves(good_));
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(encode(wire::FrameHeader{wire::FrameType::run, 1, 64, 1ULL << 60}));
  expect_hung_up_on(peer, "exceeds the limit of 1048576 bytes");
}

TEST_F(HostilePeers, SizesThatDoNotAddUpAreHungUpOn) {
  ASSERT_TRUE(wire::serves(good_));
  wire::RunMessage lie = link::run_message(0);
  lie.sizes = {~0ULL, 5};  // Together 4, when they wrap around.
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(wire::FrameType::run, 1, encode(lie), "1234");
  expect_hung_up_on(peer, "do not fit its payload");
}

TEST_F(HostilePeers, APayloadThatIsLongerThanItsTensorsIsHungUpOn) {
  ASSERT_TRUE(wire::serves(good_));
  wire::RunMessage lie = link::run_message(0);
  lie.sizes = {2};
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(wire::FrameType::run, 1, encode(lie), "1234");
  expect_hung_up_on(peer, "longer than its tensors");
}

TEST_F(HostilePeers, APriorityOfZeroIsHungUpOn) {
  const wire::RunMessage sound = link::run_message(0);
  wire::FrameMeta lie = encode(sound);
  lie[49] = std::byte{0};
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(wire::FrameType::run, 1, lie, std::string(sound.sizes[0], '\0'));
  expect_hung_up_on(peer, "the priority of a run is 0");
}

TEST_F(HostilePeers, ATraceThatIsNoTraceparentIsHungUpOn) {
  wire::RunMessage sound = link::run_message(0);
  sound.trace = wire::kSampleTrace;
  wire::FrameMeta lie = encode(sound);
  lie[54] = std::byte{'x'};
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(wire::FrameType::run, 1, lie, std::string(sound.sizes[0], '\0'));
  expect_hung_up_on(peer, "which is no traceparent of version 00");
}

TEST_F(HostilePeers, AHeadThatSaysNothingIsHungUpOn) {
  ASSERT_TRUE(wire::serves(good_));
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(wire::FrameType::run, 1, wire::FrameMeta(11, std::byte{1}));
  expect_hung_up_on(peer, "the metadata of a frame 'run' is broken");
}

TEST_F(HostilePeers, AFrameThatOnlyCloudsSendIsHungUpOn) {
  ASSERT_TRUE(wire::serves(good_));
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(wire::FrameType::welcome, 1, encode(wire::Welcome{}));
  expect_hung_up_on(peer, "unexpected frame of type");
}

TEST_F(HostilePeers, HalfAFrameAndSilenceIsHungUpOn) {
  ASSERT_TRUE(wire::serves(good_));
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  const wire::FrameMeta head = encode(link::run_message(0));
  peer.say(encode(wire::FrameHeader{wire::FrameType::run, 1, static_cast<std::uint32_t>(head.size()),
                                    link::run_message(0).sizes[0]}));
  peer.say(head);
  expect_hung_up_on(peer, "a frame did not end in time");
}

TEST_F(HostilePeers, HalfAHeaderAndSilenceIsHungUpOn) {
  ASSERT_TRUE(wire::serves(good_));
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(std::as_bytes(std::span(std::string_view("TIDE"))));
  expect_hung_up_on(peer, "a frame did not end in time");
}

TEST_F(HostilePeers, AFrameThatIsCutOffByTheEndOfTheConnectionIsNobodysViolation) {
  ASSERT_TRUE(wire::serves(good_));
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  std::vector<std::byte> frame = frame_bytes(wire::FrameType::probe, 1, {}, std::string(1000, 'x'));
  frame.resize(500);
  peer.say(frame);
  peer.close();
  EXPECT_TRUE(wire::comes_true([&] { return cloud_->counters().connections == 1; }));
  EXPECT_EQ(cloud_->counters().violations, 0U);
}

TEST_F(HostilePeers, APeerThatNeverReadsIsHungUpOn) {
  ASSERT_TRUE(wire::serves(good_));
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  std::vector<std::byte> many;
  for (int i = 0; i < 1000; ++i) {
    const std::vector<std::byte> probe = frame_bytes(wire::FrameType::probe, 1, {});
    many.insert(many.end(), probe.begin(), probe.end());
  }
  // Every echo is larger than its probe: both directions fill, and then nothing moves.
  while (peer.say(many)) {
  }
  EXPECT_TRUE(wire::comes_true([&] { return cloud_->counters().connections == 1; }));
  EXPECT_EQ(cloud_->counters().violations, 1U);
}

TEST_F(HostilePeers, AnUnknownModelIsRefusedAndTheConnectionGoesOn) {
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  wire::RunMessage unknown{{std::string(wire::kSampleDigest), 0, plan::Codec::fp32}, wire::kLong, 1, {100'000}};
  peer.say(wire::FrameType::run, 5, encode(unknown), std::string(100'000, 'x'));
  const Error error = refusal_of(peer, 5);
  EXPECT_EQ(error.kind, ErrorKind::invalid);
  EXPECT_THAT(error.message, HasSubstr("the cloud does not hold model 001122334455; "));
}

TEST_F(HostilePeers, ACutThatTheModelDoesNotHaveIsRefused) {
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  wire::RunMessage message = link::run_message(0);
  message.plan.cut = wire::lenet()->last_cut() + 1;
  peer.say(wire::FrameType::run, 6, encode(message), std::string(message.sizes[0], 'x'));
  EXPECT_THAT(refusal_of(peer, 6).message, HasSubstr("model lenet has no cut"));
}

TEST_F(HostilePeers, ATensorOfAnotherSizeIsRefused) {
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  wire::RunMessage message = link::run_message(0);
  message.sizes[0] -= 1;
  peer.say(wire::FrameType::run, 7, encode(message), std::string(message.sizes[0], 'x'));
  const Error error = refusal_of(peer, 7);
  EXPECT_EQ(error.kind, ErrorKind::invalid);
  EXPECT_THAT(error.message, HasSubstr("takes 3136 bytes, not 3135"));
}

TEST_F(HostilePeers, AnotherNumberOfTensorsIsRefused) {
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  wire::RunMessage message = link::run_message(0);
  message.sizes = {};
  peer.say(wire::FrameType::run, 8, encode(message));
  EXPECT_THAT(refusal_of(peer, 8).message, HasSubstr("has 1 tensors, not 0"));
}

TEST_F(HostilePeers, ATailWhoseTimeIsUpIsRefusedAndNotRun) {
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  wire::RunMessage message = link::run_message(0);
  message.budget = Duration{};
  peer.say(wire::FrameType::run, 9, encode(message), std::string(message.sizes[0], '\0'));
  const Error error = refusal_of(peer, 9);
  EXPECT_EQ(error.kind, ErrorKind::overloaded);
  EXPECT_EQ(cloud_->counters().served, 0U);
}

TEST_F(HostilePeers, MoreThanMayBeUnderWayAtOnceIsRefusedAsOverloaded) {
  wire::RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  const link::ToldOfRuns told = link::say_runs(peer, 400);
  EXPECT_EQ(told.answered + told.refused.size(), 400U);
  EXPECT_GE(told.answered, 8U);
  EXPECT_FALSE(told.refused.empty());
  for (const Error& why : told.refused) EXPECT_EQ(why.kind, ErrorKind::overloaded);
  EXPECT_EQ(cloud_->counters().refused, told.refused.size());
}

}  // namespace
}  // namespace tideline::cloud
