#include "runtime/engine/engine.h"

#include "runtime/cloud/cloud_server.h"
#include "runtime/link/tcp_link.h"
#include "tests/support/lenet.h"
#include "tests/support/scripted_link.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace tideline::engine {
namespace {

plan::Plan plan_with(std::uint32_t cut, plan::Codec codec = plan::Codec::fp32) {
  return {lenet()->digest(), cut, codec};
}
plan::Plan edge_only() {
  return plan_with(lenet()->last_cut());
}

std::vector<Tensor> input() {
  return model::random_tensors(lenet()->inputs(), 3);
}

std::vector<Tensor> whole_answer() {
  const std::vector<Tensor> in = input();
  return *lenet()->run(lenet()->whole(), in);
}

// An engine over a scripted link.
struct Scripted {
  explicit Scripted(ScriptedLink::Answer answer, plan::Plan first = edge_only(), bool fall_back = true)
      : link(std::move(answer)) {
    auto started = Engine::start("lenet",
                                 {.model = lenet(),
                                  .link = &link,
                                  .compute = &gate,
                                  .patience = std::chrono::milliseconds(50),
                                  .fall_back = fall_back},
                                 std::move(first));
    EXPECT_TRUE(started);
    engine = *std::move(started);
  }
  Gate gate{1};
  ScriptedLink link;
  std::unique_ptr<Engine> engine;
};

std::optional<Result<wire::TailAnswer>> nothing_comes(const wire::TailRequest&, TimePoint) {
  return std::nullopt;
}
std::optional<Result<wire::TailAnswer>> cloud_is_gone(const wire::TailRequest&, TimePoint) {
  return Result<wire::TailAnswer>(error(ErrorKind::unavailable, "gone"));
}

TEST(Engine, EveryCutThroughARealCloudGivesTheWholesAnswer) {
  const auto cloud = cloud::CloudServer::start({.listen = {"127.0.0.1", 0}}, {{"lenet", lenet()}}, silent_log());
  ASSERT_TRUE(cloud) << cloud.error().message;
  link::TcpLink link({.peer = {"127.0.0.1", (*cloud)->port()}}, nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(Clock::now() + std::chrono::seconds(10)));
  Gate gate(1);
  const auto engine = Engine::start(
      "lenet", {.model = lenet(), .link = &link, .compute = &gate, .patience = std::chrono::seconds(10)}, edge_only());
  ASSERT_TRUE(engine);

  for (const model::Cut& cut : lenet()->cuts()) {
    ASSERT_TRUE((*engine)->swap(plan_with(cut.index)));
    const auto served = (*engine)->infer({input()});
    ASSERT_TRUE(served) << cut.name << ": " << served.error().message;
    EXPECT_TRUE(identical(served->outputs.at(0), whole_answer().at(0))) << cut.name;
    const Placement expected = cut.index == 0                     ? Placement::cloud
                               : cut.index == lenet()->last_cut() ? Placement::edge
                                                                  : Placement::split;
    EXPECT_EQ(served->placement, expected) << cut.name;
    EXPECT_GT(served->timing.total, Duration::zero());
  }
  EXPECT_EQ((*engine)->counters().failed, 0u);
  EXPECT_EQ((*engine)->counters().served[static_cast<std::size_t>(Placement::fallback)], 0u);
}

TEST(Engine, AFailedSwapChangesNothing) {
  Scripted s(nothing_comes);
  EXPECT_FALSE(s.engine->swap(plan_with(lenet()->last_cut() + 1)));
  const auto foreign = s.engine->swap({std::string(64, '0'), 0, plan::Codec::fp32});
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().kind, ErrorKind::invalid);
  EXPECT_EQ(s.engine->plan(), edge_only());
  EXPECT_EQ(s.engine->counters().swaps, 0u);
}

TEST(Engine, ACutThatNeedsACloudIsRefusedWhereThereIsNone) {
  Gate gate(1);
  const auto engine = Engine::start("lenet", {.model = lenet(), .compute = &gate}, plan_with(0));
  ASSERT_FALSE(engine);
  EXPECT_NE(engine.error().message.find("--peer"), std::string::npos);
}

TEST(Engine, ALateAnswerIsReplacedByTheEdgesOwn) {
  Scripted s(nothing_comes, plan_with(2));
  const auto served = s.engine->infer({input()});
  ASSERT_TRUE(served);
  EXPECT_EQ(served->placement, Placement::fallback);
  EXPECT_TRUE(identical(served->outputs.at(0), whole_answer().at(0)));
  EXPECT_EQ(s.engine->counters().served[static_cast<std::size_t>(Placement::fallback)], 1u);
}

// The only slot is free again once a head is done. So the head of the next request runs while the tensors of the one
// before cross: here no answer comes before both requests have been sent.
TEST(Engine, TheHeadOfTheNextRequestRunsWhileTheTensorsOfTheOneBeforeCross) {
  const plan::Plan plan = plan_with(2);
  std::atomic<int> waiting{0};
  const auto answer_both = [&](const wire::TailRequest& asked,
                               TimePoint until) -> std::optional<Result<wire::TailAnswer>> {
    ++waiting;
    while (waiting < 2 && Clock::now() < until) std::this_thread::yield();
    if (waiting < 2) return std::nullopt;
    return Result<wire::TailAnswer>(
        wire::TailAnswer{.outputs = *lenet()->run(lenet()->tail(plan.cut), asked.wire), .arrived = Clock::now()});
  };
  ScriptedLink link(answer_both);
  Gate gate(1);
  const auto engine = Engine::start(
      "lenet", {.model = lenet(), .link = &link, .compute = &gate, .patience = std::chrono::seconds(20)}, plan);
  ASSERT_TRUE(engine);
  auto before = std::async(std::launch::async, [&] { return (*engine)->infer({input()}); });
  const auto next = (*engine)->infer({input()});
  for (const auto& served : {before.get(), next}) {
    ASSERT_TRUE(served) << served.error().message;
    EXPECT_EQ(served->placement, Placement::split);
    EXPECT_TRUE(identical(served->outputs.at(0), whole_answer().at(0)));
  }
}

// What a request of `plan` is expected to take: late after 10 ms, the least there is.
control::Hedging::Forecast expecting(const plan::Plan& plan, predict::RemainingTime rest = {}) {
  return {.plans = {{plan, std::chrono::milliseconds(7), rest}}};
}

TEST(Engine, AnAnswerThatIsLateRacesWithTheEdgesOwn) {
  std::vector<TimePoint> waits;
  Scripted s(
      [&](const wire::TailRequest&, TimePoint until) -> std::optional<Result<wire::TailAnswer>> {
        waits.push_back(until);
        return std::nullopt;
      },
      plan_with(2));
  s.engine->expect(expecting(plan_with(2)));
  const auto served = s.engine->infer({input()});
  ASSERT_TRUE(served);
  EXPECT_EQ(served->placement, Placement::fallback);
  EXPECT_TRUE(identical(served->outputs.at(0), whole_answer().at(0)));
  EXPECT_GT(waits.size(), 2u) << "the answer is watched for while the tail runs";
  EXPECT_EQ(s.engine->counters().hedges.begun, 1u);
  EXPECT_EQ(s.engine->counters().hedges.won_here, 1u);
}

TEST(Engine, AnAnswerThatComesWhileTheTailRunsWins) {
  std::vector<Tensor> from_cloud =
      model::random_tensors(lenet()->outputs(), 9);  // To be told apart from the edge's own.
  Scripted s(
      [&](const wire::TailRequest&, TimePoint until) -> std::optional<Result<wire::TailAnswer>> {
        std::this_thread::sleep_until(until);
        if (until != TimePoint{}) return std::nullopt;  // Only looked for: the tail runs.
        return Result<wire::TailAnswer>(wire::TailAnswer{.outputs = from_cloud, .arrived = Clock::now()});
      },
      plan_with(2));
  s.engine->expect(expecting(plan_with(2)));
  const auto served = s.engine->infer({input()});
  ASSERT_TRUE(served);
  EXPECT_EQ(served->placement, Placement::split);
  EXPECT_TRUE(identical(served->outputs.at(0), from_cloud.at(0)));
  EXPECT_EQ(s.engine->counters().hedges.begun, 1u);
  EXPECT_EQ(s.engine->counters().hedges.won_here, 0u);
}

TEST(Engine, AnErrorThatComesWhileTheTailRunsEndsNothing) {
  Scripted s(
      [&](const wire::TailRequest&, TimePoint until) -> std::optional<Result<wire::TailAnswer>> {
        std::this_thread::sleep_until(until);
        if (until != TimePoint{}) return std::nullopt;  // Only looked for: the tail runs.
        return Result<wire::TailAnswer>(error(ErrorKind::unavailable, "gone"));
      },
      plan_with(2));
  s.engine->expect(expecting(plan_with(2)));
  const auto served = s.engine->infer({input()});
  ASSERT_TRUE(served);
  EXPECT_EQ(served->placement, Placement::fallback);
  EXPECT_TRUE(identical(served->outputs.at(0), whole_answer().at(0)));
}

TEST(Engine, WhatIsFasterHereByThenIsNotSent) {
  int sent = 0;
  const auto answer = [&](const wire::TailRequest&, TimePoint) {
    ++sent;
    return std::optional(Result<wire::TailAnswer>(error(ErrorKind::unavailable, "not to be asked")));
  };
  Scripted s(answer, plan_with(2));
  control::Hedging::Forecast slow =
      expecting(plan_with(2), {std::chrono::milliseconds(104), std::chrono::milliseconds(100)});
  s.engine->expect(slow);
  const auto served = s.engine->infer({input()});
  ASSERT_TRUE(served);
  EXPECT_EQ(sent, 0);
  EXPECT_EQ(served->placement, Placement::fallback);
  EXPECT_EQ(served->wire, Bytes{0});
  EXPECT_TRUE(identical(served->outputs.at(0), whole_answer().at(0)));

  slow.plan_is_held = true;
  s.engine->expect(slow);
  ASSERT_TRUE(s.engine->infer({input()}));
  EXPECT_EQ(sent, 1) << "a plan that is held is served as it is";
  s.engine->expect(expecting(plan_with(2), {std::chrono::milliseconds(102), std::chrono::milliseconds(100)}));
  ASSERT_TRUE(s.engine->infer({input()}));
  EXPECT_EQ(sent, 2) << "too little faster";
}

TEST(Engine, AnUploadThatStandsStillRacesAtOnceWhateverTheBudget) {
  monitor::Traffic traffic(nullptr);
  ScriptedLink link([&](const wire::TailRequest&, TimePoint) -> std::optional<Result<wire::TailAnswer>> {
    traffic.on_sample({.at = Clock::now(), .stall = std::chrono::milliseconds(300)});
    return std::nullopt;
  });
  Gate gate(1);
  const auto engine = Engine::start(
      "lenet",
      {.model = lenet(), .link = &link, .traffic = &traffic, .compute = &gate, .patience = std::chrono::hours(1)},
      plan_with(2));
  ASSERT_TRUE(engine);
  (*engine)->expect(expecting(plan_with(2), {std::chrono::minutes(10), std::chrono::minutes(11)}));
  for (int i = 0; i < 30; ++i) {
    const auto served = (*engine)->infer({input()});
    ASSERT_TRUE(served);
    EXPECT_EQ(served->placement, Placement::fallback);
  }
  EXPECT_EQ((*engine)->counters().hedges.begun, 30u);
}

TEST(Engine, OnlySoManyRequestsRaceAndTheOthersWaitAsLongAsTheyMay) {
  Scripted s(nothing_comes, plan_with(2));
  s.engine->expect(expecting(plan_with(2)));
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(s.engine->infer({input()}));
  EXPECT_LT(s.engine->counters().hedges.begun, 15u);
  EXPECT_GE(s.engine->counters().hedges.begun, 10u);
  EXPECT_EQ(s.engine->counters().failed, 0u);
}

TEST(Engine, APlanOfWhichNothingIsExpectedDoesNotRace) {
  Scripted s(nothing_comes, plan_with(2));
  s.engine->expect(expecting(plan_with(1)));
  ASSERT_TRUE(s.engine->infer({input()}));
  s.engine->expect({});
  ASSERT_TRUE(s.engine->infer({input()}));
  EXPECT_EQ(s.engine->counters().hedges.begun, 0u);
}

TEST(Engine, WhatARequestWasExpectedToTakeIsToldBesideWhatItTook) {
  Scripted s(nothing_comes);
  EXPECT_FALSE(s.engine->infer({input()})->expected);
  s.engine->expect(expecting(edge_only()));
  EXPECT_EQ(s.engine->infer({input()})->expected, std::chrono::milliseconds(7));
  EXPECT_FALSE(s.engine->infer({.inputs = {input()}, .cut = 2})->expected) << "of another plan";
}

TEST(Engine, AnyRefusalOfTheCloudIsReplacedByTheEdgesOwn) {
  for (const ErrorKind kind :
       {ErrorKind::invalid, ErrorKind::unavailable, ErrorKind::overloaded, ErrorKind::corrupt, ErrorKind::internal}) {
    Scripted s([kind](const wire::TailRequest&,
                      TimePoint) { return std::optional(Result<wire::TailAnswer>(error(kind, "no"))); },
               plan_with(0));
    const auto served = s.engine->infer({input()});
    ASSERT_TRUE(served) << name(kind);
    EXPECT_TRUE(identical(served->outputs.at(0), whole_answer().at(0))) << name(kind);
  }
}

TEST(Engine, WithoutFallingBackTheCloudsErrorIsTheAnswer) {
  Scripted s(cloud_is_gone, plan_with(2), false);
  const auto served = s.engine->infer({input()});
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(s.engine->counters().failed, 1u);
}

TEST(Engine, ARequestMayForceItsOwnPlanAndLeavesThePublishedOne) {
  Scripted s(cloud_is_gone);
  const auto served = s.engine->infer({input(), 2, plan::Codec::fp16});
  ASSERT_TRUE(served);
  EXPECT_EQ(served->plan, plan_with(2, plan::Codec::fp16));
  EXPECT_EQ(s.engine->plan(), edge_only());
  EXPECT_FALSE(s.engine->infer({input(), 999}));
}

TEST(Engine, WhatIsForbiddenMayNotBeForcedEither) {
  Scripted s(cloud_is_gone);
  s.engine->constrain({.first_cut = 2});
  const auto forced = s.engine->infer({input(), 1});
  ASSERT_FALSE(forced);
  EXPECT_EQ(forced.error().kind, ErrorKind::invalid);
  EXPECT_NE(forced.error().message.find("is forbidden by"), std::string::npos) << forced.error().message;
  EXPECT_FALSE(s.engine->swap(plan_with(0)));
  EXPECT_TRUE(s.engine->infer({input(), 2}));
  EXPECT_TRUE(s.engine->infer({input()}));
}

TEST(Engine, ABatchThatWouldSendTooMuchRunsHereOrIsRefused) {
  const TemporaryFolder folder;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, folder / "lenet.pt"));
  const auto model = model::Model::load(folder / "lenet.pt", {.inputs = {{"", DType::fp32, {kAnyBatch, 1, 28, 28}}}});
  ASSERT_TRUE(model) << model.error().message;
  std::uint64_t sent = 0;
  ScriptedLink link([&](const wire::TailRequest&, TimePoint) {
    ++sent;
    return cloud_is_gone({}, {});
  });
  Gate gate(1);
  const plan::Plan first{(*model)->digest(), 0, plan::Codec::fp32};
  const auto engine = Engine::start("lenet", {.model = *model, .link = &link, .compute = &gate}, first);
  ASSERT_TRUE(engine);
  const auto images = [](std::int64_t n) {
    return model::random_tensors(std::vector{TensorSpec{"", DType::fp32, {n, 1, 28, 28}}}, 3);
  };
  const plan::TrafficLimit sending{
      .per_request = Bytes{2 * 28 * 28 * 4}, .last_cut = (*model)->last_cut(), .wire = {{first, Bytes{28 * 28 * 4}}}};
  (*engine)->constrain({.deepest_cut = {}, .sending = sending});
  EXPECT_EQ((*engine)->infer({images(2)})->placement, Placement::fallback);
  EXPECT_EQ(sent, 1u);
  EXPECT_EQ((*engine)->infer({images(3)})->placement, Placement::edge);
  EXPECT_EQ(sent, 1u);
  const auto forced = (*engine)->infer({images(3), 0});
  ASSERT_FALSE(forced);
  EXPECT_NE(forced.error().message.find("3.06 KiB for each of 3, and 6.12 KiB are allowed"), std::string::npos)
      << forced.error().message;
}

TEST(Engine, ARequestUnderWayFinishesUnderThePlanThatItBeganWith) {
  Latch asked;
  Latch release;
  Scripted s(
      [&](const wire::TailRequest&, TimePoint) {
        asked.open();
        release.wait();
        return std::optional(
            Result<wire::TailAnswer>(wire::TailAnswer{.outputs = whole_answer(), .arrived = Clock::now()}));
      },
      plan_with(2));
  auto under_way = std::async(std::launch::async, [&] { return s.engine->infer({input()}); });
  asked.wait();
  EXPECT_EQ(s.engine->counters().pending, 1u);
  ASSERT_TRUE(s.engine->swap(edge_only()));
  EXPECT_EQ(s.engine->infer({input()})->placement, Placement::edge);
  release.open();
  const auto served = under_way.get();
  ASSERT_TRUE(served);
  EXPECT_EQ(served->plan, plan_with(2));
  EXPECT_EQ(served->placement, Placement::split);
}

TEST(Engine, InputsThatDoNotFitAreAnErrorAndNotACrash) {
  Scripted s(nothing_comes);
  EXPECT_FALSE(s.engine->infer({{}}));
  const std::vector<TensorSpec> wrong{{"", DType::fp32, {1, 1, 27, 28}}};
  const auto served = s.engine->infer({model::random_tensors(wrong, 1)});
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error().kind, ErrorKind::invalid);
}

TEST(Engine, ADeadlineThatPassesBeforeItsTurnIsOverload) {
  Scripted s(nothing_comes);
  const auto held = s.gate.enter(TimePoint::max());
  const auto served = s.engine->infer({.inputs = input(), .deadline = Clock::now()});
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error().kind, ErrorKind::overloaded);
}

TEST(Engine, WarmingAndRehearsingWorkForEveryPlan) {
  Scripted s(nothing_comes);
  for (const model::Cut& cut : lenet()->cuts()) {
    EXPECT_TRUE(s.engine->warm(plan_with(cut.index)));
    EXPECT_TRUE(s.engine->rehearse(plan_with(cut.index)));
  }
  EXPECT_FALSE(s.engine->warm(plan_with(999)));
}

// A network of many layers, whose whole run takes a while, in an engine of its own.
struct Slow {
  explicit Slow(Gate* gate, Rehearsals* all) {
    const TemporaryFolder folder;
    EXPECT_TRUE(zoo::write_zoo_model("mobilenet", 1, folder / "m.pt"));
    auto loaded = model::Model::load(folder / "m.pt", {.inputs = {{"", DType::fp32, {1, 3, 672, 672}}}});
    EXPECT_TRUE(loaded) << loaded.error().message;
    whole = {(*loaded)->digest(), (*loaded)->last_cut(), plan::Codec::fp32};
    engine = *Engine::start("slow", {.model = *loaded, .compute = gate, .rehearsals = all}, whole);
    EXPECT_TRUE(engine->warm(whole));
  }
  plan::Plan whole;
  std::unique_ptr<Engine> engine;
};

TEST(Engine, ARehearsalEndsWhenARequestOfAnyModelComes) {
  Gate gate(1);
  Rehearsals all;
  const Slow slow(&gate, &all);
  const auto quick = Engine::start("lenet", {.model = lenet(), .compute = &gate, .rehearsals = &all}, edge_only());
  ASSERT_TRUE(quick);
  const auto whole = slow.engine->rehearse(slow.whole);
  ASSERT_TRUE(whole) << whole.error().message;

  auto rehearsing = std::async(std::launch::async, [&] { return slow.engine->rehearse(slow.whole); });
  while (gate.enter(Clock::now())) std::this_thread::yield();  // Until it has begun.
  const auto served = (*quick)->infer({input()});
  ASSERT_TRUE(served);
  const auto ended = rehearsing.get();
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_FALSE(ended->ended);
  EXPECT_LT(ended->took, whole->took / 2);
  EXPECT_LT(served->timing.queue, whole->took / 2) << "of " << to_string(whole->took);
}

TEST(Engine, ARehearsalDoesNotBeginWhileARequestIsUnderWayNorWaitForItsTurn) {
  Gate gate(1);
  Rehearsals all;
  const auto engine = Engine::start("lenet", {.model = lenet(), .compute = &gate, .rehearsals = &all}, edge_only());
  ASSERT_TRUE(engine);
  const int who = 0;
  {
    const Rehearsals::Request request(all);
    EXPECT_FALSE(all.begin(Rehearsals::Of::head, &who, true, Clock::now()));
    const auto stopped = (*engine)->rehearse(edge_only());
    ASSERT_TRUE(stopped) << stopped.error().message;
    EXPECT_FALSE(stopped->ended);
  }
  EXPECT_TRUE(all.begin(Rehearsals::Of::head, &who, false, Clock::now()));
  const auto held = gate.enter(TimePoint::max());
  const auto none = (*engine)->rehearse(edge_only());
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->ended);
  EXPECT_EQ(none->took, Duration{});
}

TEST(Engine, ARequestThatWaitsForTheCloudKeepsNoRehearsalAway) {
  Rehearsals all;
  Latch sent, latch;
  ScriptedLink link([&](const wire::TailRequest&, TimePoint) {
    sent.open();
    latch.wait();
    return Result<wire::TailAnswer>(error(ErrorKind::unavailable, "gone"));
  });
  Gate gate(1);
  const auto engine =
      Engine::start("lenet", {.model = lenet(), .link = &link, .compute = &gate, .rehearsals = &all}, plan_with(2));
  ASSERT_TRUE(engine);
  auto served = std::async(std::launch::async, [&] { return (*engine)->infer({input()}); });
  sent.wait();
  while (!all.undisturbed()) std::this_thread::yield();
  const auto took = (*engine)->rehearse(plan_with(2));
  ASSERT_TRUE(took) << took.error().message;
  EXPECT_TRUE(took->ended);
  latch.open();
  EXPECT_TRUE(served.get());
  EXPECT_TRUE(all.undisturbed());
}

TEST(Engine, KeepsTheInputsOfRequestsThatWereServed) {
  Gate gate(1);
  KeptInputs kept({.memory = 1_MiB, .enough = 1, .most = 2, .pause = {}, .later_pause = {}});
  kept.keep(true);
  const auto engine = Engine::start("lenet", {.model = lenet(), .compute = &gate, .kept = &kept}, edge_only());
  ASSERT_TRUE(engine);
  EXPECT_FALSE((*engine)->infer({}));
  EXPECT_EQ(kept.size(), 0u) << "it was refused";
  ASSERT_TRUE((*engine)->infer({input()}));
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_TRUE(identical(kept.all()[0].ready()[0], input()[0]));
}

}  // namespace
}  // namespace tideline::engine
