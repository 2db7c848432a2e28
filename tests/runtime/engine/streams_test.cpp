// Requests in streams: their answers are those of single requests, whatever becomes of the references.
#include "runtime/cloud/cloud_server.h"
#include "runtime/link/tcp_link.h"
#include "tests/runtime/engine/moving_picture.h"
#include "tests/support/scripted_link.h"

#include <gtest/gtest.h>

#include <thread>

namespace tideline::engine {
namespace {

constexpr Duration kPatience = std::chrono::seconds(30);

plan::Plan in_steps(std::uint32_t cut, plan::Codec codec = plan::Codec::q8) {
  return {lenet()->digest(), cut, codec};
}

std::unique_ptr<cloud::CloudServer> cloud_with(const wire::Limits& limits, std::uint16_t port = 0) {
  auto cloud =
      cloud::CloudServer::start({.listen = {"127.0.0.1", port}, .limits = limits, .tails = {.most_together = 1}},
                                {{"lenet", lenet()}}, silent_log());
  EXPECT_TRUE(cloud) << cloud.error().message;
  return *std::move(cloud);
}

// An edge and its cloud.
struct EdgeAndCloud {
  explicit EdgeAndCloud(const wire::Limits& limits = {}) : cloud(cloud_with(limits)) {
    EXPECT_TRUE(link.wait_up(Clock::now() + kPatience));
    auto started =
        Engine::start("lenet", {.model = lenet(), .link = &link, .compute = &gate, .patience = kPatience}, in_steps(1));
    EXPECT_TRUE(started);
    engine = *std::move(started);
  }

  // Asks for a frame of a camera, checks the answer, and returns how it was sent.
  std::optional<StreamForm> ask(std::uint32_t frame, std::optional<Stream> stream = Stream{"camera"}) {
    const std::vector<Tensor> input = picture(1, frame);
    const auto served = engine->infer({.inputs = input, .stream = std::move(stream)});
    if (!served) {
      ADD_FAILURE() << served.error().message;
      return std::nullopt;
    }
    EXPECT_EQ(served->placement, served->plan.cut == 0 ? Placement::cloud : Placement::split);
    EXPECT_TRUE(identical(served->outputs.at(0), single_answer(served->plan, input).at(0))) << frame;
    sent = served->wire;
    return served->stream;
  }

  std::unique_ptr<cloud::CloudServer> cloud;
  link::TcpLink link{{.peer = {"127.0.0.1", cloud->port()}}, nullptr, silent_log()};
  Gate gate{1};
  std::unique_ptr<Engine> engine;
  Bytes sent;  // By the last request.
};

TEST(EngineStreams, EveryFrameAfterTheFirstIsADifferenceWithTheAnswerOfASingleRequest) {
  EdgeAndCloud pair;
  EXPECT_EQ(pair.ask(0), StreamForm::whole);
  for (std::uint32_t frame = 1; frame < 60; ++frame) EXPECT_EQ(pair.ask(frame), StreamForm::difference) << frame;
  EXPECT_EQ(pair.engine->counters().streams.streams, 1u);
  EXPECT_EQ(pair.cloud->counters().streams, 1u);
  EXPECT_EQ(pair.cloud->counters().refused, 0u);
}

TEST(EngineStreams, AStillPictureTakesAFractionOfTheBytes) {
  EdgeAndCloud pair;
  EXPECT_EQ(pair.ask(0, std::nullopt), std::nullopt);
  const Bytes single = pair.sent;
  pair.ask(0);
  EXPECT_EQ(pair.ask(0), StreamForm::difference);
  EXPECT_LT(pair.sent.count, single.count / 10);
}

TEST(EngineStreams, ACodecWithoutStepsHasNoStreams) {
  EdgeAndCloud pair;
  ASSERT_TRUE(pair.engine->swap({lenet()->digest(), 1, plan::Codec::fp32}));
  EXPECT_EQ(pair.ask(0), std::nullopt);
  EXPECT_EQ(pair.ask(1), std::nullopt);
  EXPECT_EQ(pair.engine->counters().streams.streams, 0u);
}

TEST(EngineStreams, AMoveOfTheCutBeginsAgainAndComesBackToWhereItWas) {
  EdgeAndCloud pair;
  EXPECT_EQ(pair.ask(0), StreamForm::whole);
  ASSERT_TRUE(pair.engine->swap(in_steps(2)));
  EXPECT_EQ(pair.ask(1), StreamForm::whole);
  EXPECT_EQ(pair.ask(2), StreamForm::difference);
  ASSERT_TRUE(pair.engine->swap(in_steps(1)));
  EXPECT_EQ(pair.ask(3), StreamForm::difference);
}

TEST(EngineStreams, StartAndEndForgetWhatWasBefore) {
  EdgeAndCloud pair;
  pair.ask(0);
  EXPECT_EQ(pair.ask(1, Stream{"camera", true, false}), StreamForm::whole);
  EXPECT_EQ(pair.ask(2, Stream{"camera", false, true}), StreamForm::difference);
  EXPECT_EQ(pair.engine->counters().streams.streams, 0u);
  EXPECT_EQ(pair.ask(3), StreamForm::whole);
}

TEST(EngineStreams, ACloudThatKeepsNothingGetsTheWholeInTheSameRequest) {
  wire::Limits limits;
  limits.references = {};
  EdgeAndCloud pair(limits);
  EXPECT_EQ(pair.ask(0), StreamForm::whole);
  for (std::uint32_t frame = 1; frame < 10; ++frame) EXPECT_EQ(pair.ask(frame), StreamForm::resent);
  EXPECT_EQ(pair.cloud->counters().refusals.at("no_reference"), 9u);
  EXPECT_EQ(pair.engine->counters().failed, 0u);
}

TEST(EngineStreams, ACloudThatWasRestartedGetsTheWhole) {
  EdgeAndCloud pair;
  pair.ask(0);
  EXPECT_EQ(pair.ask(1), StreamForm::difference);
  const std::uint16_t port = pair.cloud->port();
  pair.cloud.reset();
  pair.cloud = cloud_with({}, port);
  const TimePoint end = Clock::now() + kPatience;
  while (pair.link.state().connects < 2 && Clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ASSERT_TRUE(pair.link.is_up());
  EXPECT_EQ(pair.ask(2), StreamForm::whole);
  EXPECT_EQ(pair.ask(3), StreamForm::difference);
  EXPECT_EQ(pair.cloud->counters().refused, 0u);
}

TEST(EngineStreams, AFrameThatIsNotAnsweredYetIsNoReference) {
  StreamReferences references;
  const std::vector<Tensor> tensors = *lenet()->run(lenet()->head(1), picture(1, 0));
  StreamFrame first(references, "camera", in_steps(1));
  StreamFrame second(references, "camera", in_steps(1));
  first.encode(tensors);
  second.encode(tensors);
  EXPECT_FALSE(second.is_difference());
  wire::TailRequest request;
  second.put_into(request);
  EXPECT_EQ(request.place->frame, 2u);
  EXPECT_EQ(request.place->reference, 0u);
  first.answered(std::make_shared<wire::ConnectionMark>());
  StreamFrame third(references, "camera", in_steps(1));
  third.encode(tensors);
  EXPECT_TRUE(third.is_difference());
  third.put_into(request);
  EXPECT_EQ(request.place->frame, 3u);
  EXPECT_EQ(request.place->reference, 1u);
}

// A link that answers what is whole and has no reference for differences.
struct WithoutReferences {
  explicit WithoutReferences(std::shared_ptr<const model::Model> model = lenet()) {
    auto started = Engine::start(
        "lenet", {.model = std::move(model), .link = &link, .compute = &gate, .patience = kPatience}, in_steps(1));
    EXPECT_TRUE(started);
    engine = *std::move(started);
  }
  std::optional<Result<wire::TailAnswer>> answer(const wire::TailRequest& asked) {
    const bool refuse = asked.is_difference() || refuse_all;
    ++(asked.is_difference() ? differences : wholes);
    if (on_difference && asked.is_difference()) on_difference();
    if (refuse) return Result<wire::TailAnswer>(error(ErrorKind::no_reference, "it is gone"));
    return Result<wire::TailAnswer>(wire::TailAnswer{
        .outputs = single_answer(asked.plan, picture(1, 0)), .arrived = Clock::now(), .connection = connection});
  }
  Result<InferResult> ask() { return engine->infer({.inputs = picture(1, 0), .stream = Stream{"camera"}}); }

  const std::shared_ptr<wire::ConnectionMark> connection = std::make_shared<wire::ConnectionMark>();
  ScriptedLink link{[this](const wire::TailRequest& asked, TimePoint) { return answer(asked); }};
  Gate gate{1};
  std::unique_ptr<Engine> engine;
  int differences = 0;
  int wholes = 0;
  bool refuse_all = false;
  std::function<void()> on_difference;
};

TEST(EngineStreams, ARefusedDifferenceIsSentWholeOnce) {
  WithoutReferences s;
  ASSERT_TRUE(s.ask());
  const auto served = s.ask();
  ASSERT_TRUE(served);
  EXPECT_EQ(served->stream, StreamForm::resent);
  EXPECT_EQ(served->placement, Placement::split);
  EXPECT_EQ(s.differences, 1);
  EXPECT_EQ(s.wholes, 2);
}

TEST(EngineStreams, ACloudThatRefusesTheWholeAsWellIsReplacedByTheEdge) {
  WithoutReferences s;
  ASSERT_TRUE(s.ask());
  s.refuse_all = true;
  const auto served = s.ask();
  ASSERT_TRUE(served);
  EXPECT_EQ(served->placement, Placement::fallback);
  const std::vector<Tensor> input = picture(1, 0);
  EXPECT_TRUE(identical(served->outputs.at(0), lenet()->run(lenet()->whole(), input)->at(0)));
  EXPECT_EQ(s.differences, 1);
  EXPECT_EQ(s.wholes, 2);
}

TEST(EngineStreams, ARefusedDifferenceIsFinishedHereIfThatIsFasterByThen) {
  WithoutReferences s;
  ASSERT_TRUE(s.ask());
  s.on_difference = [&] {
    const predict::RemainingTime slow_cloud{std::chrono::milliseconds(500), std::chrono::milliseconds(1)};
    s.engine->expect({.plans = {{in_steps(1), std::chrono::milliseconds(500), slow_cloud}}});
  };
  const auto served = s.ask();
  ASSERT_TRUE(served);
  EXPECT_EQ(served->placement, Placement::fallback);
  EXPECT_EQ(s.differences, 1);
  EXPECT_EQ(s.wholes, 1);
  s.engine->expect({});
  EXPECT_EQ(s.ask()->stream, StreamForm::whole) << "the lost reference is not named again";
}

TEST(EngineStreams, AnEdgeThatHoldsNoTailLosesNoRequestEither) {
  WithoutReferences s(lenet_up_to(1));
  ASSERT_TRUE(s.ask());
  const auto served = s.ask();
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(served->stream, StreamForm::resent);
}

}  // namespace
}  // namespace tideline::engine
