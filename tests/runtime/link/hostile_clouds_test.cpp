// What clouds may do to an edge, and what it does then: hangs up, says why, and comes again.
#include "tests/runtime/link/fake_cloud.h"
#include "tests/runtime/wire/loopback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::link {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using Outputs = std::vector<wire::AnswerMessage::Output>;

class HostileClouds : public testing::Test {
 protected:
  // Lets the edge in, takes a request of it, and gives this answer to it. Returns the error that the request gets.
  Error error_of(const wire::AnswerMessage& answer, std::string_view payload, const wire::TailRequest& asked) {
    wire::RawPeer edge = cloud_.let_in();
    EXPECT_TRUE(link_.wait_up(wire::within(wire::kLong)));
    const auto pending = link_.send(asked);
    const auto run = hear_next(edge, wire::FrameType::run);
    EXPECT_TRUE(run && edge.say(wire::FrameType::answer, run->header.id, encode(answer), payload));
    const auto got = pending->wait(wire::within(wire::kLong));
    if (!got || *got) return error(ErrorKind::internal, "no error came");
    EXPECT_TRUE(edge.hung_up());
    return got->error();
  }

  Error error_of(const Outputs& outputs, std::size_t size) {
    return error_of({{}, outputs}, std::string(size, 'x'), wire::ask(1, 3).request);
  }

  FakeCloud cloud_;
  TcpLink link_{wire::to_port(cloud_.port()), nullptr, silent_log()};
};

struct FormCase {
  Outputs outputs;
  std::size_t size;
  std::string words;
};

// A cloud each: one that breaks the protocol again and again is come back to more and more slowly.
class HostileForms : public HostileClouds, public testing::WithParamInterface<FormCase> {};

TEST_P(HostileForms, AnAnswerOfAnotherFormIsHungUpOnAndTheRequestGoesOnWithoutTheCloud) {
  const Error why = error_of(GetParam().outputs, GetParam().size);
  EXPECT_EQ(why.kind, ErrorKind::unavailable);
  EXPECT_THAT(why.message, HasSubstr(GetParam().words));
  EXPECT_TRUE(wire::comes_true([&] { return link_.state().violations == 1; }));
}

INSTANTIATE_TEST_SUITE_P(
    Answers, HostileForms,
    testing::Values(FormCase{{}, 0, "the answer has 0 outputs, but the network returns 1"},
                    FormCase{{{DType::fp32, {1, 10}}, {DType::fp32, {1, 10}}}, 80, "the answer has 2 outputs"},
                    FormCase{{{DType::fp32, {10, 1}}},
                             40,
                             "output 0 of the answer is fp32[10,1], but the network returns fp32[1,10]"},
                    FormCase{{{DType::fp32, {10}}}, 40, "fp32[10]"},
                    FormCase{{{DType::int64, {1, 10}}}, 80, "int64[1,10]"},
                    FormCase{{{DType::fp16, {1, 10}}}, 20, "fp16[1,10]"},
                    FormCase{{{DType::fp32, {1, 10}}}, 39, "do not fit its payload"},
                    FormCase{{{DType::fp32, {1, 10}}}, 41, "longer than its outputs"},
                    FormCase{{{DType::fp32, {-1, 10}}}, 40, "fp32[*,10]"},
                    FormCase{{{DType::fp32, {1, std::int64_t{1} << 40}}}, 40, "fp32[1,1099511627776]"}));

TEST_F(HostileClouds, ALargeAnswerToASmallRequestIsHungUpOnBeforeItCame) {
  wire::RawPeer edge = cloud_.let_in();
  ASSERT_TRUE(link_.wait_up(wire::within(wire::kLong)));
  const auto pending = link_.send(wire::ask(1, 3).request);
  const auto run = hear_next(edge, wire::FrameType::run);
  ASSERT_TRUE(run);
  const wire::FrameMeta head = encode(wire::AnswerMessage{{}, {{DType::fp32, {1, 16 << 20}}}});
  edge.say(encode(
      wire::FrameHeader{wire::FrameType::answer, run->header.id, static_cast<std::uint32_t>(head.size()), 64 << 20}));
  edge.say(head);
  const auto got = pending->wait(wire::within(wire::kLong));
  ASSERT_TRUE(got && !*got);
  EXPECT_THAT(got->error().message, HasSubstr("fp32[1,16777216]"));
}

TEST_F(HostileClouds, TheRequestSaysOfWhichBatchTheAnswerHasToBe) {
  wire::TailRequest three = wire::ask(1, 3).request;
  three.outputs[0].shape[0] = 3;
  EXPECT_THAT(error_of({{}, answer_form(wire::ask(1, 3).request)}, std::string(40, 'x'), three).message,
              HasSubstr("is fp32[1,10], but the network returns fp32[3,10]"));
  wire::RawPeer edge = cloud_.let_in();
  ASSERT_TRUE(link_.wait_up(wire::within(wire::kLong)));
  const auto pending = link_.send(three);
  const auto run = hear_next(edge, wire::FrameType::run);
  ASSERT_TRUE(run);
  edge.say(wire::FrameType::answer, run->header.id, encode(wire::AnswerMessage{{}, answer_form(three)}),
           std::string(120, '\0'));
  const auto got = pending->wait(wire::within(wire::kLong));
  ASSERT_TRUE(got && *got) << got->error().message;
  EXPECT_EQ((*got)->outputs[0].shape(), (Shape{3, 10}));
}

TEST_F(HostileClouds, StampsThatAreLongerThanTheExchangeWasAreHungUpOn) {
  const wire::TailRequest asked = wire::ask(1, 3).request;
  for (const wire::Stamps& lie : {wire::Stamps{.residence = hours(1)}, wire::Stamps{.receiving = seconds(100)},
                                  wire::Stamps{.queue = hours(2), .residence = hours(3)}}) {
    const Error why = error_of({lie, answer_form(asked)}, std::string(40, '\0'), asked);
    EXPECT_EQ(why.kind, ErrorKind::unavailable);
    EXPECT_THAT(why.message, HasSubstr("the cloud reports "));
  }
  const Error why = error_of({{.counted = {1 << 30}}, answer_form(asked)}, std::string(40, '\0'), asked);
  EXPECT_THAT(why.message, HasSubstr("the cloud counted 1 GiB of a request of "));
}

TEST_F(HostileClouds, AnEchoOfMoreThanWasSentOrOfLongAgoIsHungUpOn) {
  for (const wire::Stamps& lie : {wire::Stamps{.counted = {5000}}, wire::Stamps{.residence = hours(3)}}) {
    wire::RawPeer edge = cloud_.let_in();
    ASSERT_TRUE(link_.wait_up(wire::within(wire::kLong)));
    link_.probe(1_KiB);
    std::optional<wire::RawFrame> probe = edge.hear();
    ASSERT_TRUE(probe);
    edge.say(wire::FrameType::echo, probe->header.id, encode(lie));
    EXPECT_TRUE(edge.hung_up());
  }
  EXPECT_TRUE(wire::comes_true([&] { return link_.state().violations == 2; }));
}

TEST_F(HostileClouds, ATimeToStayAwayIsNeverLong) {
  wire::RawPeer edge = cloud_.let_in();
  ASSERT_TRUE(link_.wait_up(wire::within(wire::kLong)));
  const auto pending = link_.send(wire::ask(1, 3).request);
  const auto run = hear_next(edge, wire::FrameType::run);
  ASSERT_TRUE(run);
  edge.say(wire::FrameType::refusal, run->header.id, encode(wire::Refusal{{ErrorKind::overloaded, "full", hours(20)}}));
  const auto got = pending->wait(wire::within(wire::kLong));
  ASSERT_TRUE(got && !*got);
  EXPECT_LE(got->error().retry_after, seconds(10));
  EXPECT_GT(got->error().retry_after, Duration{});
}

TEST_F(HostileClouds, ATimeToStayAwayIsForTheRefusedPriorityAndLowerOnes) {
  wire::RawPeer edge = cloud_.let_in();
  ASSERT_TRUE(link_.wait_up(wire::within(wire::kLong)));
  wire::TailRequest asked = wire::ask(1, 3).request;
  asked.priority = 5;
  const auto refused = link_.send(asked);
  const auto run = hear_next(edge, wire::FrameType::run);
  ASSERT_TRUE(run);
  edge.say(wire::FrameType::refusal, run->header.id, encode(wire::Refusal{{ErrorKind::overloaded, "full", hours(20)}}));
  ASSERT_TRUE(refused->wait(wire::within(wire::kLong)));
  for (const Priority priority : {5U, 6U, ~0U}) {
    asked.priority = priority;
    const auto got = link_.send(asked)->wait(wire::within(wire::kLong));
    ASSERT_TRUE(got && !*got) << priority;
    EXPECT_THAT(got->error().message, HasSubstr("is busy for another "));
  }
  asked.priority = 4;
  asked.trace = wire::kSampleTrace;
  const auto pending = link_.send(asked);
  const auto sent = hear_next(edge, wire::FrameType::run);
  ASSERT_TRUE(sent);
  const Result<wire::RunMessage> message = wire::decode_run(sent->meta);
  ASSERT_TRUE(message) << message.error().message;
  EXPECT_EQ(message->priority, 4U);
  EXPECT_EQ(message->trace, wire::kSampleTrace);
}

TEST_F(HostileClouds, OneThatBreaksTheProtocolAgainAndAgainIsComeBackToMoreAndMoreSlowly) {
  std::vector<TimePoint> came;
  for (int i = 0; i < 4; ++i) {
    wire::RawPeer edge = cloud_.let_in();
    came.push_back(Clock::now());
    edge.say(wire::FrameType::echo, 78, encode(wire::Stamps{}));
    EXPECT_TRUE(edge.hung_up());
  }
  EXPECT_GT(came[3] - came[2], milliseconds(150)) << "50, 100, 200 ms";
}

}  // namespace
}  // namespace tideline::link
