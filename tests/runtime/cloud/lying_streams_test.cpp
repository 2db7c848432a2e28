// Edges that lie about their streams: each lie is refused and counted, and another edge notices nothing.
#include "tests/runtime/link/streamed.h"
#include "tests/runtime/wire/raw_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::cloud {
namespace {

using link::Streamed;
using link::streamed;

wire::RunMessage message_of(const Streamed& sent) {
  const wire::TailRequest& request = sent.asked.request;
  wire::RunMessage message{request.plan, wire::kLong, 1, {}, request.place};
  for (const Tensor& tensor : request.wire) message.sizes.push_back(tensor.bytes().size());
  return message;
}

std::string payload_of(const Streamed& sent) {
  std::string payload;
  for (const Tensor& tensor : sent.asked.request.wire)
    payload.append(reinterpret_cast<const char*>(tensor.bytes().data()), tensor.bytes().size());
  return payload;
}

class LyingStreams : public testing::Test {
 protected:
  static CloudServer::Options small() {
    CloudServer::Options options;
    options.limits.peer_streams = 20;
    return options;
  }
  void SetUp() override {
    ASSERT_TRUE(wire::serves(good_));
    ASSERT_TRUE(edge_.greet());
  }
  void TearDown() override {
    EXPECT_TRUE(wire::serves(good_)) << "another edge was not served any more";
    EXPECT_EQ(good_.state().connects, 1u) << "another edge was disturbed";
    EXPECT_EQ(cloud_->counters().violations, 0u);
  }

  wire::FrameType say(const wire::RunMessage& message, std::string_view payload) {
    edge_.say(wire::FrameType::run, ++id_, encode(message), payload);
    return hear();
  }
  wire::FrameType hear() {
    const auto frame = edge_.hear();
    if (!frame || frame->header.id != id_) {
      ADD_FAILURE() << "no answer came";
      return wire::FrameType::goodbye;
    }
    if (frame->header.type == wire::FrameType::refusal) why_ = wire::decode_refusal(frame->meta)->why.kind;
    return frame->header.type;
  }
  void expect_answered(const Streamed& sent) {
    EXPECT_EQ(say(message_of(sent), payload_of(sent)), wire::FrameType::answer);
  }
  // Expects a counted refusal of that kind, after which the connection goes on.
  void expect_refused(const wire::RunMessage& message, std::string_view payload, ErrorKind kind) {
    const std::uint64_t before = cloud_->counters().refusals[std::string(name(kind))];
    EXPECT_EQ(say(message, payload), wire::FrameType::refusal);
    EXPECT_EQ(why_, kind);
    EXPECT_EQ(cloud_->counters().refusals.at(std::string(name(kind))), before + 1);
    edge_.say(wire::FrameType::probe, ++id_, {});
    EXPECT_EQ(hear(), wire::FrameType::echo);
  }
  void expect_refused(const Streamed& sent, ErrorKind kind) {
    expect_refused(message_of(sent), payload_of(sent), kind);
  }

  const std::unique_ptr<CloudServer> cloud_ = wire::start_cloud(small());
  link::TcpLink good_{wire::to_port(cloud_->port()), nullptr, silent_log()};
  wire::RawPeer edge_{cloud_->port()};
  std::uint64_t id_ = 0;
  ErrorKind why_ = ErrorKind::internal;
  const Streamed first_ = streamed(1, {.stream = 1, .frame = 1});
};

TEST_F(LyingStreams, AReferenceThatWasNeverSentIsRefusedBeforeThePayloadHasCome) {
  const Streamed lie = streamed(2, {.stream = 1, .frame = 2, .reference = 1}, &first_);
  const auto whole = frame_bytes(wire::FrameType::run, ++id_, encode(message_of(lie)), payload_of(lie));
  const std::size_t payload = payload_of(lie).size();
  edge_.say(std::span(whole).first(whole.size() - payload));
  EXPECT_EQ(hear(), wire::FrameType::refusal);
  EXPECT_EQ(why_, ErrorKind::no_reference);
  edge_.say(std::span(whole).last(payload));
  expect_answered(first_);
}

TEST_F(LyingStreams, AReferenceOfAnotherStreamOrConnectionIsNone) {
  expect_answered(first_);
  expect_refused(streamed(2, {.stream = 2, .frame = 2, .reference = 1}, &first_), ErrorKind::no_reference);
  wire::RawPeer other(cloud_->port());
  ASSERT_TRUE(other.greet());
  const Streamed lie = streamed(2, {.stream = 1, .frame = 2, .reference = 1}, &first_);
  other.say(wire::FrameType::run, 1, encode(message_of(lie)), payload_of(lie));
  const auto refusal = other.hear();
  ASSERT_TRUE(refusal && refusal->header.type == wire::FrameType::refusal);
  EXPECT_EQ(wire::decode_refusal(refusal->meta)->why.kind, ErrorKind::no_reference);
  expect_answered(streamed(3, {.stream = 1, .frame = 3, .reference = 1}, &first_));
}

TEST_F(LyingStreams, ADifferenceThatNamesNoReferenceIsCorrupt) {
  expect_answered(first_);
  expect_refused(streamed(2, {.stream = 1, .frame = 2}, &first_), ErrorKind::corrupt);
}

TEST_F(LyingStreams, BytesThatAreNoDifferenceAreCorrupt) {
  expect_answered(first_);
  const Streamed sent = streamed(2, {.stream = 1, .frame = 2, .reference = 1}, &first_);
  expect_refused(message_of(sent), std::string(payload_of(sent).size(), '\xff'), ErrorKind::corrupt);
  expect_refused(streamed(3, {.stream = 1, .frame = 3, .reference = 2}, &first_), ErrorKind::no_reference);
}

TEST_F(LyingStreams, AFrameNumberThatIsUsedAgainIsInvalid) {
  expect_answered(first_);
  expect_refused(first_, ErrorKind::invalid);
  expect_answered(streamed(2, {.stream = 1, .frame = 2, .reference = 1}, &first_));
}

TEST_F(LyingStreams, AnotherPlanOrBatchOfAStreamIsInvalid) {
  expect_answered(first_);
  const Streamed sent = streamed(2, {.stream = 1, .frame = 2, .reference = 1}, &first_);
  wire::RunMessage another = message_of(sent);
  another.plan.codec = plan::Codec::q8;
  expect_refused(another, payload_of(sent), ErrorKind::invalid);
  expect_answered(sent);
}

TEST_F(LyingStreams, AStreamUnderACodecWithoutStepsIsInvalid) {
  const wire::Asked asked = wire::ask(1, 1);
  wire::RunMessage message{asked.request.plan, wire::kLong, 1, {asked.request.wire[0].bytes().size()}, {}};
  message.place = {.stream = 1, .frame = 1};
  expect_refused(message, std::string(message.sizes[0], '\0'), ErrorKind::invalid);
}

TEST_F(LyingStreams, ManyStreamsTakeNoMoreThanTheirBoundAndGoWithTheConnection) {
  for (std::uint64_t stream = 1; stream <= 200; ++stream) expect_answered(streamed(1, {.stream = stream, .frame = 1}));
  EXPECT_EQ(cloud_->counters().streams, 20u);
  EXPECT_EQ(cloud_->counters().stream_references, 20u);
  EXPECT_EQ(cloud_->counters().stream_reference_bytes.count, 20 * first_.codes[0]->bytes());
  edge_.close();
  EXPECT_TRUE(wire::comes_true([&] { return cloud_->counters().streams == 0; }));
  EXPECT_EQ(cloud_->counters().stream_reference_bytes.count, 0u);
}

}  // namespace
}  // namespace tideline::cloud
