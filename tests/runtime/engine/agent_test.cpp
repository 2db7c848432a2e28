#include "runtime/engine/agent.h"

#include "policy/decide/static_policy.h"
#include "tests/support/lenet.h"
#include "tests/support/scripted_link.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

namespace tideline::engine {
namespace {

plan::Plan plan_at(std::uint32_t cut) {
  return {lenet()->digest(), cut, plan::Codec::fp32};
}

// A policy that says what the test put into it, and keeps what it was asked.
class ScriptedPolicy final : public decide::Policy {
 public:
  explicit ScriptedPolicy(decide::Decision decision) : decision_(std::move(decision)) {}
  decide::Decision decide(const decide::Observation& seen) const override {
    asked.push_back(seen);
    return decision_;
  }
  decide::PolicyKind kind() const override { return decide::PolicyKind::table; }
  std::shared_ptr<const table::Cell> predict(const decide::Observation&) const override { return nullptr; }
  std::optional<plan::Plan> preferred(const decide::Observation&) const override { return decision_.move; }
  bool may_send() const override { return false; }
  const plan::Constraints& constraints() const override { return constraints_; }
  mutable std::vector<decide::Observation> asked;

 private:
  const decide::Decision decision_;
  const plan::Constraints constraints_;
};

// A table of one cell: every cut's head takes 2 ms and its tail as long.
std::shared_ptr<const table::PartitionTable> flat_table() {
  std::vector<table::Estimate> estimates;
  for (const model::Cut& cut : lenet()->cuts()) {
    const table::Terms terms{.head = std::chrono::milliseconds(2), .tail = std::chrono::milliseconds(2)};
    estimates.push_back({plan_at(cut.index), cut.name, cut.bytes, terms, terms.total(), {}, 5});
  }
  const table::PartitionTable::Origin origin{.model = lenet()->digest(),
                                             .model_name = "lenet",
                                             .cuts = lenet()->last_cut() + 1,
                                             .method = "exhaustive",
                                             .created = "2026-01-01T00:00:00Z"};
  auto table = table::PartitionTable::make(origin, {{plan::Stress{}, plan::Conditions{}, estimates}});
  EXPECT_TRUE(table) << table.error().message;
  return std::make_shared<const table::PartitionTable>(*std::move(table));
}

constexpr Duration kRest = std::chrono::seconds(30);

struct Fixture {
  explicit Fixture(decide::Decision decision, std::shared_ptr<const table::PartitionTable> known = nullptr,
                   Rehearsals* rehearsals = nullptr)
      : traffic(known), policy(std::make_shared<ScriptedPolicy>(std::move(decision))), table(std::move(known)) {
    engine = *Engine::start(
        "lenet", {.model = lenet(), .link = &link, .traffic = &traffic, .compute = &gate, .rehearsals = rehearsals},
        plan_at(lenet()->last_cut()));
    agent = std::make_unique<Agent>(Agent::Parts{.engine = engine.get(),
                                                 .monitor = &monitor,
                                                 .traffic = &traffic,
                                                 .cooling = {.shortest = kRest, .first = kRest, .longest = kRest},
                                                 .log = silent_log()},
                                    Agent::Rule{policy, table});
  }
  Gate gate{1};
  ScriptedLink link{[](const wire::TailRequest&, TimePoint) { return std::nullopt; }};
  monitor::Traffic traffic;
  monitor::Monitor monitor{{}, lenet()->digest(), traffic, nullptr};
  std::shared_ptr<ScriptedPolicy> policy;
  std::shared_ptr<const table::PartitionTable> table;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<Agent> agent;
};

TEST(Agent, ATickLooksOnceDecidesOnceAndMovesOnce) {
  Fixture f({plan_at(2), "because"});
  f.agent->tick(Clock::now());
  ASSERT_EQ(f.policy->asked.size(), 1u);
  EXPECT_EQ(f.policy->asked[0].current, plan_at(lenet()->last_cut()));
  EXPECT_EQ(f.engine->plan(), plan_at(2));
  EXPECT_EQ(f.engine->counters().swaps, 1u);
  EXPECT_EQ(f.agent->status()->plan, plan_at(2));
  EXPECT_EQ(f.agent->status()->why, "because");
  EXPECT_EQ(f.agent->status()->moves, 1u);
}

TEST(Agent, NothingMeansStay) {
  Fixture f({std::nullopt, "all is well"});
  f.agent->tick(Clock::now());
  f.agent->tick(Clock::now());
  EXPECT_EQ(f.engine->counters().swaps, 0u);
  EXPECT_EQ(f.agent->status()->ticks, 2u);
  EXPECT_EQ(f.agent->status()->moves, 0u);
}

TEST(Agent, AMoveThatFailsLeavesThePlanAndSaysWhy) {
  Fixture f({plan_at(999), "because"});
  f.agent->tick(Clock::now());
  EXPECT_EQ(f.engine->plan(), plan_at(lenet()->last_cut()));
  EXPECT_EQ(f.agent->status()->moves, 0u);
  EXPECT_NE(f.agent->status()->why.find("999"), std::string::npos);
}

TEST(Agent, WithoutAHeadAmongTheRequestsItRehearsesOneAndLearnsTheSlowdown) {
  Fixture f({}, flat_table());
  EXPECT_FALSE(f.traffic.read(Clock::now()).now.edge_slowdown);
  f.agent->tick(Clock::now());
  EXPECT_TRUE(f.traffic.read(Clock::now()).now.edge_slowdown);
}

// Ticks ten times a second, from now on; how often a head was timed.
int heads_within(Fixture& f, double time, TimePoint from) {
  int heads = 0;
  std::optional<TimePoint> last;
  for (double s = 0; s < time; s += 0.1) {
    f.agent->tick(from + from_seconds(s));
    const auto head = f.traffic.read(from).last_head;
    if (head && (!last || *head > *last)) ++heads;
    last = head;
  }
  return heads;
}

TEST(Agent, RehearsesNoMoreThanItsShare) {
  Rehearsals none({.share = 1e-9, .saved = {}, .overdraft = {}});
  Fixture bounded({}, flat_table(), &none);
  EXPECT_EQ(heads_within(bounded, 300, Clock::now()), 2) << "the first head and the first whole are free";
  Fixture free({}, flat_table());
  const int heads = heads_within(free, 300, Clock::now());
  EXPECT_GE(heads, 9) << "where nothing could change, every half minute";
  EXPECT_LE(heads, 12);
}

TEST(Agent, WithinRequestsOfAnyModelItDoesNotRehearse) {
  Rehearsals all;
  Fixture f({}, flat_table(), &all);
  const Rehearsals::Request request(all);
  EXPECT_EQ(heads_within(f, 10, Clock::now()), 0);
}

// How long the agent rehearsed, if it ticks once after the tail has not run for so long.
Duration rehearsed_after(Fixture& f, Duration since) {
  const Duration before = f.engine->counters().rehearsed;
  f.agent->tick(f.engine->last_tail() + since);
  return f.engine->counters().rehearsed - before;
}

TEST(Agent, RunsTheWholeNetworkOnceTheTailHasNotRunForTheRest) {
  Fixture f({});  // Without a table: the time of no head would tell anything.
  EXPECT_EQ(rehearsed_after(f, kRest - std::chrono::milliseconds(1)), Duration{});
  const TimePoint before = f.engine->last_tail();
  EXPECT_GT(rehearsed_after(f, kRest), Duration{});
  EXPECT_GE(f.engine->last_tail(), before + kRest);
  EXPECT_EQ(rehearsed_after(f, kRest - std::chrono::milliseconds(1)), Duration{});
}

TEST(Agent, RunsTheWholeNetworkEvenWhileNobodyAsks) {
  Fixture f({});
  const TimePoint start = Clock::now();
  for (int tick = 0; tick < 6000; ++tick) f.agent->tick(start + std::chrono::milliseconds(100) * tick);
  const TimePoint end = start + std::chrono::minutes(10);
  EXPECT_LE(end - f.engine->last_tail(), kRest + std::chrono::seconds(1));
}

TEST(Agent, ARequestThatRunsTheTailHereSparesTheRehearsal) {
  Fixture f({});
  const TimePoint before = f.engine->last_tail();
  ASSERT_TRUE(f.engine->infer({model::random_tensors(lenet()->inputs(), 3)}));
  EXPECT_GT(f.engine->last_tail(), before);
}

TEST(Agent, RehearsesTheWholeWithinItsShareToo) {
  Rehearsals none({.share = 1e-9, .saved = {}, .overdraft = {}});
  Fixture f({}, nullptr, &none);
  EXPECT_GT(rehearsed_after(f, kRest), Duration{}) << "the first one is free";
  EXPECT_EQ(rehearsed_after(f, kRest), Duration{});
}

TEST(Agent, RestsWhileNobodyAsksAndIsAwakeAtOnceWhenSomebodyDoes) {
  Fixture f({std::nullopt, "all is well"});
  const TimePoint start = Clock::now();
  const auto tick_at = [&](double s) {
    const std::size_t before = f.policy->asked.size();
    f.agent->tick(start + from_seconds(s));
    return f.policy->asked.size() > before;
  };
  for (const double s : {0.0, 0.1, 0.2, 0.3}) EXPECT_TRUE(tick_at(s)) << s;
  EXPECT_TRUE(tick_at(1000));
  EXPECT_FALSE(tick_at(1000.1));
  EXPECT_FALSE(tick_at(1001.9));
  EXPECT_TRUE(tick_at(1002));
  ASSERT_TRUE(f.engine->infer({model::random_tensors(lenet()->inputs(), 1)}));
  EXPECT_TRUE(tick_at(1002.1));
  EXPECT_TRUE(tick_at(1002.2));
}

// A link that only says whether its peer is there.
class ComingAndGoing final : public link::Link {
 public:
  std::unique_ptr<link::Pending> send(wire::TailRequest) override { return nullptr; }
  void probe(Bytes) override {}
  Result<wire::LoadAnswer> impose(const wire::CloudLoad& asked, TimePoint) override {
    return wire::LoadAnswer{asked, {}};
  }
  void limit(std::optional<BitsPerSecond>) override {}
  void delay(Duration) override {}
  link::LinkState state() const override { return {.up = up, .models = {{lenet()->digest(), "lenet"}}}; }
  bool up = false;
};

TEST(Agent, ThatRestsSeesAPeerComeAndGo) {
  Fixture f({std::nullopt, "all is well"});
  ComingAndGoing link;
  monitor::Monitor linked({}, lenet()->digest(), f.traffic, &link);
  Agent agent({.engine = f.engine.get(), .monitor = &linked, .traffic = &f.traffic, .log = silent_log()},
              {f.policy, nullptr});
  const TimePoint start = Clock::now();
  for (const double s : {0.0, 1000.0, 1000.1}) agent.tick(start + from_seconds(s));
  EXPECT_EQ(f.policy->asked.size(), 2u);
  link.up = true;
  agent.tick(start + from_seconds(1000.2));
  EXPECT_EQ(f.policy->asked.size(), 3u);
}

TEST(Agent, FollowsANewRuleFromTheNextTick) {
  Fixture f({std::nullopt, "old"});
  f.agent->tick(Clock::now());
  f.agent->follow({std::make_shared<decide::StaticPolicy>(plan_at(1), plan_at(1)), nullptr});
  EXPECT_EQ(f.agent->status()->why, "old");
  f.agent->tick(Clock::now());
  EXPECT_EQ(f.agent->status()->why, "cut 1 (fp32) is configured");
  EXPECT_EQ(f.agent->status()->policy, decide::PolicyKind::fixed);
  EXPECT_EQ(f.engine->plan(), plan_at(1));
}

TEST(Agent, EveryDecisionIsTold) {
  Fixture f({.move = plan_at(2), .why = "because", .reason = decide::Reason::gain, .bound = {"the deadline"}});
  std::vector<AgentStatus> told;
  Agent agent({.engine = f.engine.get(),
               .monitor = &f.monitor,
               .traffic = &f.traffic,
               .log = silent_log(),
               .on_decision = [&](const AgentStatus& status) { told.push_back(status); }},
              {f.policy, nullptr});
  agent.tick(Clock::now());
  agent.tick(Clock::now());
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].reason, decide::Reason::gain);
  EXPECT_EQ(told[0].bound, std::vector<std::string_view>{"the deadline"});
  EXPECT_EQ(told[1].moves, 1u);
}

TEST(Agent, APolicyToWhichMovingCostsGetsBackWhatItAddedUpAndHowManyRequestsCame) {
  decide::Decision decision;
  decision.work.work = {1, 2, 3};
  Fixture f(decision);
  f.agent->tick(Clock::now());
  ASSERT_TRUE(f.engine->infer({model::random_tensors(lenet()->inputs(), 1)}));
  ASSERT_TRUE(f.engine->infer({model::random_tensors(lenet()->inputs(), 1)}));
  f.agent->tick(Clock::now());
  ASSERT_EQ(f.policy->asked.size(), 2u);
  EXPECT_EQ(f.policy->asked[0].requests, 0);
  EXPECT_EQ(f.policy->asked[1].requests, 2);
  EXPECT_EQ(f.policy->asked[1].work, decision.work);
}

TEST(Agent, TellsOnceThatTheTableNoLongerFits) {
  std::ostringstream log;
  Fixture f({std::nullopt, "all is well"}, flat_table());
  Agent agent({.engine = f.engine.get(),
               .monitor = &f.monitor,
               .traffic = &f.traffic,
               .log = std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(log))},
              {f.policy, f.table});
  const TimePoint start = Clock::now();
  agent.tick(start);
  EXPECT_FALSE(agent.status()->fit.misfit);
  f.traffic.on_head_waited(0);  // Whatever the tick's own rehearsal met.
  for (int i = 0; i < 2 * 3600; ++i)
    f.traffic.on_head(plan_at(3), std::chrono::milliseconds(4), start + std::chrono::seconds(i));
  const TimePoint later = start + std::chrono::hours(2);
  agent.tick(later);
  agent.tick(later + std::chrono::seconds(1));
  EXPECT_EQ(agent.status()->why, "all is well; the table no longer fits");
  EXPECT_EQ(agent.status()->fit.evidence, 1);
  const std::string told = log.str(), words = "the head of cut 3 on the edge takes 4 ms in place of 2 ms";
  EXPECT_NE(told.find(words), std::string::npos) << told;
  EXPECT_EQ(told.find(words), told.rfind(words)) << told;
}

}  // namespace
}  // namespace tideline::engine
