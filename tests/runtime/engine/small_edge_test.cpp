// An engine whose model holds only the heads of its first cuts.
#include "policy/decide/table_policy.h"
#include "runtime/cloud/cloud_server.h"
#include "runtime/engine/agent.h"
#include "runtime/engine/engine.h"
#include "runtime/link/tcp_link.h"
#include "tests/support/lenet.h"
#include "tests/support/scripted_link.h"

#include <gtest/gtest.h>

namespace tideline::engine {
namespace {

struct SmallEdge {
  explicit SmallEdge(ScriptedLink::Answer answer) : link(std::move(answer)) {
    auto started = Engine::start("lenet", parts(), deepest());
    EXPECT_TRUE(started) << started.error().message;
    engine = *std::move(started);
  }
  Session::Parts parts() {
    return {.model = model, .link = &link, .compute = &gate, .patience = std::chrono::milliseconds(50)};
  }
  plan::Plan plan(std::uint32_t cut) const { return {model->digest(), cut, plan::Codec::fp32}; }
  plan::Plan deepest() const { return plan(model->deepest_cut()); }
  Result<InferResult> infer() const { return engine->infer({model::random_tensors(model->inputs(), 3)}); }

  const std::shared_ptr<const model::Model> model = lenet_up_to(3);
  Gate gate{1};
  ScriptedLink link;
  std::unique_ptr<Engine> engine;
};

std::optional<Result<wire::TailAnswer>> no_answer_comes(const wire::TailRequest&, TimePoint) {
  return std::nullopt;
}

TEST(SmallEdge, ARequestThatTheCloudDoesNotAnswerFailsAndSaysWhy) {
  const SmallEdge small(no_answer_comes);
  const auto served = small.infer();
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error().kind, ErrorKind::unavailable);
  EXPECT_NE(
      served.error().message.find("the cloud did not answer within 50 ms; only the cloud holds the layers after cut"),
      std::string::npos);
}

TEST(SmallEdge, WhateverTheCloudsReasonTheRestIsUnavailableOrMayBeAskedForAgain) {
  for (const ErrorKind kind :
       {ErrorKind::invalid, ErrorKind::unavailable, ErrorKind::overloaded, ErrorKind::corrupt, ErrorKind::internal}) {
    const SmallEdge small([kind](const wire::TailRequest&, TimePoint) -> std::optional<Result<wire::TailAnswer>> {
      return Result<wire::TailAnswer>(error(kind, "its reason").after(std::chrono::seconds(3)));
    });
    const auto served = small.infer();
    ASSERT_FALSE(served);
    EXPECT_EQ(served.error().kind, kind == ErrorKind::overloaded ? kind : ErrorKind::unavailable);
    EXPECT_NE(served.error().message.find("its reason"), std::string::npos);
    EXPECT_EQ(served.error().retry_after, std::chrono::seconds(3));
  }
}

TEST(SmallEdge, RefusesPlansWhoseHeadsAreNotHeld) {
  SmallEdge small(no_answer_comes);
  for (std::uint32_t cut = small.model->deepest_cut() + 1; cut <= small.model->last_cut(); ++cut) {
    const auto swapped = small.engine->swap(small.plan(cut));
    ASSERT_FALSE(swapped);
    EXPECT_EQ(swapped.error().kind, ErrorKind::invalid);
    EXPECT_NE(swapped.error().message.find("are held here"), std::string::npos);
    EXPECT_FALSE(small.engine->warm(small.plan(cut)));
    const auto forced = small.engine->infer({model::random_tensors(small.model->inputs(), 3), cut});
    ASSERT_FALSE(forced);
    EXPECT_EQ(forced.error().kind, ErrorKind::invalid);
  }
  EXPECT_FALSE(Engine::start("lenet", small.parts(), small.plan(small.model->last_cut())));
  EXPECT_EQ(small.engine->plan(), small.deepest());
}

TEST(SmallEdge, WarmsAndRehearsesWhatItHolds) {
  const SmallEdge small(no_answer_comes);
  for (std::uint32_t cut = 0; cut <= small.model->deepest_cut(); ++cut) {
    EXPECT_TRUE(small.engine->warm(small.plan(cut)));
    EXPECT_TRUE(small.engine->rehearse(small.plan(cut)));
  }
}

TEST(SmallEdge, IsReadyWhileACloudIsThereThatHoldsTheModel) {
  SmallEdge small(no_answer_comes);
  EXPECT_FALSE(small.engine->ready());
  const auto cloud = cloud::CloudServer::start({.listen = {"127.0.0.1", 0}}, {{"lenet", lenet()}}, silent_log());
  ASSERT_TRUE(cloud) << cloud.error().message;
  link::TcpLink link({.peer = {"127.0.0.1", (*cloud)->port()}}, nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(Clock::now() + std::chrono::seconds(10)));
  Session::Parts parts = small.parts();
  parts.link = &link;
  const auto engine = Engine::start("lenet", parts, small.deepest());
  ASSERT_TRUE(engine);
  EXPECT_TRUE((*engine)->ready());
}

TEST(SmallEdge, AnEdgeThatHoldsAllIsReadyWithoutACloud) {
  Gate gate(1);
  const auto engine = Engine::start("lenet", {.model = lenet(), .compute = &gate},
                                    {lenet()->digest(), lenet()->last_cut(), plan::Codec::fp32});
  ASSERT_TRUE(engine);
  EXPECT_TRUE((*engine)->ready());
}

// Only the whole takes long enough to tell anything, and it is not held.
TEST(SmallEdge, TheAgentRehearsesNoHeadThatIsNotHeld) {
  SmallEdge small(no_answer_comes);
  const plan::Plan whole = small.plan(small.model->last_cut());
  const table::Terms terms{.head = std::chrono::milliseconds(2)};
  auto table = table::PartitionTable::make(
      {.model = small.model->digest(), .model_name = "lenet", .cuts = whole.cut + 1, .method = "exhaustive"},
      {{plan::Stress{}, plan::Conditions{}, {{whole, "output", {}, terms, terms.total(), {}, 1}}}});
  ASSERT_TRUE(table) << table.error().message;
  const auto known = std::make_shared<const table::PartitionTable>(*std::move(table));
  monitor::Traffic traffic(known);
  monitor::Monitor monitor({}, small.model->digest(), traffic, nullptr);
  Session::Parts parts = small.parts();
  parts.traffic = &traffic;
  const auto engine = Engine::start("lenet", parts, small.deepest());
  ASSERT_TRUE(engine);
  const auto policy =
      std::make_shared<decide::TablePolicy>(known, 0, plan::Constraints{.deepest_cut = small.model->deepest_cut()});
  Agent agent({.engine = engine->get(), .monitor = &monitor, .traffic = &traffic, .log = silent_log()},
              {policy, known});
  agent.tick(Clock::now());
  agent.tick(Clock::now() + std::chrono::minutes(1));
  EXPECT_FALSE(traffic.read(Clock::now()).last_head);
  EXPECT_EQ((*engine)->counters().rehearsed, Duration{});
  EXPECT_EQ((*engine)->plan(), small.deepest());
}

}  // namespace
}  // namespace tideline::engine
