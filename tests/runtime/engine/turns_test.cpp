// Whose turn it is at the edge's slots, and what becomes of requests whose turn does not come.
#include "runtime/base/refusal_reasons.h"
#include "runtime/engine/engine.h"
#include "tests/support/lenet.h"
#include "tests/support/scripted_link.h"
#include "tests/support/temporary.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace tideline::engine {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

plan::Plan all_here() {
  return {lenet()->digest(), lenet()->last_cut(), plan::Codec::fp32};
}

InferRequest asked() {
  return {.inputs = model::random_tensors(lenet()->inputs(), 3)};
}

std::unique_ptr<Engine> lenet_at_edge(Gate& gate, Priority priority = kUsualPriority) {
  auto engine = Engine::start("lenet", {.model = lenet(), .compute = &gate, .priority = priority}, all_here());
  EXPECT_TRUE(engine);
  return *std::move(engine);
}

// Returns whether a request gets the slot before somebody else of that priority who asks later. Both wait for it first.
bool goes_before(Priority other, Gate& gate, const Engine& engine, std::optional<Priority> own) {
  auto held = std::make_unique<Result<Gate::Pass>>(gate.enter(TimePoint::max()));
  InferRequest request = asked();
  request.priority = own;
  auto served = std::async(std::launch::async, [&] { return static_cast<bool>(engine.infer(std::move(request))); });
  while (gate.waiting() != 1) std::this_thread::yield();
  bool before = false;
  auto rival = std::async(std::launch::async, [&] {
    const auto pass = gate.enter(TimePoint::max(), {}, other);
    before = gate.waiting() == 0;
  });
  while (gate.waiting() != 2) std::this_thread::yield();
  held.reset();
  rival.get();
  EXPECT_TRUE(served.get());
  return before;
}

TEST(Turns, TheRequestsPriorityOrElseTheModelsGivesTheSlot) {
  Gate gate(1);
  const auto usual = lenet_at_edge(gate), low = lenet_at_edge(gate, 30);
  EXPECT_TRUE(goes_before(kUsualPriority, gate, *usual, {}));
  EXPECT_FALSE(goes_before(kUsualPriority - 1, gate, *usual, {}));
  EXPECT_TRUE(goes_before(30, gate, *low, {}));
  EXPECT_FALSE(goes_before(29, gate, *low, {}));
  EXPECT_TRUE(goes_before(2, gate, *low, 1));
  EXPECT_FALSE(goes_before(39, gate, *usual, 40));
}

TEST(Turns, ARequestWhoseClientLeavesGivesUpItsPlaceAndIsCounted) {
  Gate gate(1);
  const auto engine = lenet_at_edge(gate);
  Refusals refused(silent_log());
  const auto held = gate.enter(TimePoint::max());
  std::atomic<bool> left{false};
  InferRequest request = asked();
  request.wanted = [&] { return !left; };
  request.refused = &refused;
  auto served = std::async(std::launch::async, [&] { return engine->infer(std::move(request)); });
  while (gate.waiting() == 0) std::this_thread::yield();
  left = true;
  const auto answer = served.get();  // The slot is never free.
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(gate.waiting(), 0);
  EXPECT_EQ(refused.counts(), (std::map<std::string, std::uint64_t>{{std::string(refusal::kClientLeft), 1}}));
}

TEST(Turns, RefusalsAreCountedByTheirReason) {
  Gate gate(1);
  Refusals refused(silent_log());
  const auto engine = lenet_at_edge(gate);
  {
    const auto held = gate.enter(TimePoint::max());
    InferRequest overdue = asked();
    overdue.deadline = Clock::now();
    overdue.refused = &refused;
    EXPECT_FALSE(engine->infer(std::move(overdue)));
  }
  engine->offer({.plans = {{all_here(), {.edge = seconds(100)}}}});
  InferRequest late = asked();
  late.deadline = Clock::now() + seconds(60);
  late.refused = &refused;
  EXPECT_FALSE(engine->infer(std::move(late)));

  const auto small = lenet_up_to(2);
  ScriptedLink away([](const wire::TailRequest&, TimePoint) {
    return std::optional(Result<wire::TailAnswer>(error(ErrorKind::unavailable, "gone")));
  });
  const auto lone = Engine::start("lenet", {.model = small, .link = &away, .compute = &gate},
                                  {small->digest(), small->deepest_cut(), plan::Codec::fp32});
  ASSERT_TRUE(lone);
  InferRequest stranded = asked();
  stranded.refused = &refused;
  EXPECT_FALSE((*lone)->infer(std::move(stranded)));

  InferRequest wrong;
  wrong.refused = &refused;
  EXPECT_FALSE(engine->infer(std::move(wrong))) << "an error, but no refusal";
  EXPECT_EQ(refused.counts(), (std::map<std::string, std::uint64_t>{{std::string(refusal::kOverdue), 1},
                                                                    {std::string(refusal::kTooLate), 1},
                                                                    {std::string(refusal::kNoCloud), 1}}));
}

TEST(Turns, ARequestThatWaitsKnowsByWhenItMustBegin) {
  Gate gate(1);
  const auto engine = lenet_at_edge(gate, 4);
  const TimePoint now = Clock::now();
  const auto plain = engine->start_of({.received = now}, now);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->priority, 4u);
  EXPECT_EQ(plain->by, TimePoint::max());
  EXPECT_EQ(engine->start_of({now + seconds(9), 2, now}, now)->by, now + seconds(9)) << "nothing is predicted";
  EXPECT_EQ(engine->start_of({now + seconds(9), 2, now}, now)->priority, 2u);
  engine->offer({.plans = {{all_here(), {.edge = seconds(4)}}}});
  EXPECT_EQ(engine->start_of({now + seconds(9), {}, now}, now)->by, now + seconds(5));
  const auto hopeless = engine->start_of({now + seconds(3), {}, now}, now);
  ASSERT_FALSE(hopeless);
  EXPECT_EQ(hopeless.error().kind, ErrorKind::overloaded);
  EXPECT_GT(hopeless.error().retry_after, Duration{});
}

TEST(Turns, ARequestThatForcesItsPlanIsNotRefusedBeforeItsDeadline) {
  Gate gate(1);
  const auto engine = lenet_at_edge(gate);
  engine->offer({.plans = {{all_here(), {.edge = seconds(40)}}}});
  const TimePoint now = Clock::now();
  const auto forced = engine->start_of({.deadline = now + seconds(9), .received = now, .forces = true}, now);
  ASSERT_TRUE(forced);
  EXPECT_EQ(forced->by, now + seconds(9));
}

TEST(Turns, TheUsualDeadlineCountsFromWhenTheRequestCame) {
  Gate gate(1);
  const auto engine = lenet_at_edge(gate);
  plan::Constraints constraints;
  constraints.deadline = seconds(10);
  engine->constrain(constraints);
  engine->offer({.plans = {{all_here(), {.edge = seconds(4)}}}});
  const TimePoint now = Clock::now();
  EXPECT_EQ(engine->start_of({.received = now - seconds(2)}, now)->by, now + seconds(4));
  EXPECT_FALSE(engine->start_of({.received = now - seconds(7)}, now)) << "others were the reason for its wait";
  InferRequest waited = asked();
  waited.received = now - seconds(7);
  EXPECT_FALSE(engine->infer(std::move(waited)));
  engine->offer({.plans = {{all_here(), {.edge = seconds(40)}}}});
  const auto slow = engine->start_of({.received = now - hours(1)}, now);
  ASSERT_TRUE(slow) << "it is late even alone";
  EXPECT_EQ(slow->by, TimePoint::max());
}

}  // namespace
}  // namespace tideline::engine
