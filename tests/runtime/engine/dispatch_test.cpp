// How an engine serves requests by the plans that it is offered.
#include "runtime/engine/engine.h"
#include "tests/support/lenet.h"
#include "tests/support/scripted_link.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

namespace tideline::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

plan::Plan lenet_at(std::uint32_t cut) {
  return {lenet()->digest(), cut, plan::Codec::fp32};
}

dispatch::Offer offered(const plan::Plan& plan, Duration edge, Duration uplink) {
  return {plan, {.edge = edge, .uplink = uplink}};
}

// An engine whose cloud never answers.
struct Deserted {
  Deserted() {
    auto started =
        Engine::start("lenet", {.model = lenet(), .link = &link, .compute = &gate, .patience = seconds(60)}, whole());
    EXPECT_TRUE(started);
    engine = *std::move(started);
  }
  static plan::Plan whole() { return lenet_at(lenet()->last_cut()); }
  static InferRequest request(Duration within = {}) {
    InferRequest request{.inputs = model::random_tensors(lenet()->inputs(), 3)};
    if (within > Duration{}) request.deadline = Clock::now() + within;
    return request;
  }

  Gate gate{1};
  ScriptedLink link{
      [](const wire::TailRequest&, TimePoint) -> std::optional<Result<wire::TailAnswer>> { return std::nullopt; }};
  std::unique_ptr<Engine> engine;
};

TEST(Dispatch, ServesByTheUsualPlanOfTheOffers) {
  const Deserted edge;
  edge.engine->offer(
      {.plans = {offered(lenet_at(2), milliseconds(1), seconds(1)), offered(Deserted::whole(), milliseconds(2), {})},
       .usual = 1});
  ASSERT_TRUE(edge.engine->swap(lenet_at(2)));
  const auto served = edge.engine->infer(Deserted::request());
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(served->plan, Deserted::whole());
  EXPECT_EQ(served->expected, milliseconds(2));
  EXPECT_EQ(edge.engine->recent_plans().by_plan.at(Deserted::whole()), 1u);
}

TEST(Dispatch, AForcedPlanIsNoneOfTheRecentOnes) {
  const Deserted edge;
  InferRequest forced = Deserted::request();
  forced.cut = lenet()->last_cut();
  ASSERT_TRUE(edge.engine->infer(std::move(forced)));
  EXPECT_TRUE(edge.engine->recent_plans().by_plan.empty());
}

TEST(Dispatch, ARequestThatNoPlanAnswersInTimeIsRefusedAtOnceAndToldWhenToComeBack) {
  const Deserted edge;
  edge.engine->offer({.plans = {offered(Deserted::whole(), seconds(100), {})}});
  const auto refused = edge.engine->infer(Deserted::request(seconds(60)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::overloaded);
  EXPECT_GT(refused.error().retry_after, seconds(39));
  EXPECT_LT(refused.error().retry_after, seconds(60));
  EXPECT_EQ(edge.engine->load(Clock::now()).backlog.requests, 0u);
}

TEST(Dispatch, TheUsualDeadlineDoesNotRefuseWhatIsLateEvenAlone) {
  const Deserted edge;
  plan::Constraints constraints;
  constraints.deadline = seconds(60);
  edge.engine->constrain(constraints);
  edge.engine->offer({.plans = {offered(Deserted::whole(), seconds(100), {})}});
  EXPECT_TRUE(edge.engine->infer(Deserted::request()));
}

TEST(Dispatch, ADeadlineIsKeptThoughTheCloudNeverAnswers) {
  const Deserted edge;
  const plan::Plan split = lenet_at(2);
  ASSERT_TRUE(edge.engine->swap(split));
  edge.engine->offer({.plans = {offered(split, milliseconds(1), milliseconds(10))}});
  edge.engine->expect(
      {.plans = {{split, seconds(40), predict::RemainingTime{.remote = seconds(40), .local = seconds(100)}}},
       .plan_is_held = true});
  const auto served = edge.engine->infer(Deserted::request(seconds(20)));
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(served->placement, Placement::fallback);
  EXPECT_LT(served->timing.total, seconds(20)) << "without the deadline the answer is late after 52 s";
}

TEST(Dispatch, AnAnswerThatComesWhileATailWaitsForItsSlotIsTakenAtOnce) {
  Gate gate(1);
  std::atomic<bool> comes{false};
  const std::vector<Tensor> from_cloud = model::random_tensors(lenet()->outputs(), 9);
  ScriptedLink link([&](const wire::TailRequest&, TimePoint until) -> std::optional<Result<wire::TailAnswer>> {
    std::this_thread::sleep_until(std::min(until, Clock::now() + milliseconds(5)));
    if (!comes) return std::nullopt;
    return Result<wire::TailAnswer>(wire::TailAnswer{.outputs = from_cloud, .arrived = Clock::now()});
  });
  const auto engine = Engine::start(
      "lenet", {.model = lenet(), .link = &link, .compute = &gate, .patience = milliseconds(20)}, lenet_at(0));
  ASSERT_TRUE(engine);
  const auto held = gate.enter(TimePoint::max());
  auto served = std::async(std::launch::async, [&] { return (*engine)->infer(Deserted::request()); });
  while (gate.waiting() == 0) std::this_thread::yield();  // It has given up waiting for the cloud.
  comes = true;
  const auto answer = served.get();  // The slot is never free.
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->placement, Placement::cloud);
}

TEST(Dispatch, WhatHasEndedIsNoLongerInProgress) {
  const Deserted edge;
  edge.engine->offer({.plans = {offered(Deserted::whole(), milliseconds(2), {})}});
  InferRequest wrong;
  wrong.inputs = {};
  EXPECT_FALSE(edge.engine->infer(std::move(wrong)));
  EXPECT_TRUE(edge.engine->infer(Deserted::request()));
  EXPECT_EQ(edge.engine->load(Clock::now()).backlog.requests, 0u);
}

}  // namespace
}  // namespace tideline::engine
