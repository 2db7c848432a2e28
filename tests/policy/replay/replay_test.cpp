#include "policy/replay/replay.h"

#include "policy/replay/generate.h"
#include "policy/replay/report.h"
#include "tests/policy/replay/asked.h"
#include "tests/policy/replay/network.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tideline::replay {
namespace {

using namespace tideline::replay::fixtures;

TEST(Replay, IsTheSameForTheSameSeed) {
  const Trace way = generate(Trace::Kind::bandwidth, cellular(20), 120, 1);
  const Trace cpu = generate(Trace::Kind::cpu, busy_edge(), 60, 2);
  const auto to_cases = [](std::vector<Figures> figures) {
    std::vector<Case> cases;
    for (Figures& f : figures) cases.push_back({"net", "way", "cpu", std::move(f)});
    return cases;
  };
  const std::string one = to_json(to_cases(replay(request(way, &cpu, 3))));
  EXPECT_EQ(one, to_json(to_cases(replay(request(way, &cpu, 3)))));
  EXPECT_NE(one, to_json(to_cases(replay(request(way, &cpu, 4)))));
}

// Returns the table with a hundred times the bytes at cut 0.
std::shared_ptr<const table::PartitionTable> with_large_inputs(const table::PartitionTable& table) {
  std::vector<table::Cell> cells(table.cells().begin(), table.cells().end());
  for (table::Cell& cell : cells)
    for (table::Estimate& one : cell.estimates)
      if (one.plan.cut == 0) one.wire.count *= 100;
  auto made = table::PartitionTable::make(table.origin(), std::move(cells));
  if (!made) ADD_FAILURE() << made.error().message;
  return std::make_shared<const table::PartitionTable>(*std::move(made));
}

TEST(Replay, AWorldOfTheSameTableChangesNothing) {
  const Trace way = generate(Trace::Kind::bandwidth, cellular(20), 60, 1);
  ReplayRequest asked = request(way, nullptr, 3);
  const std::string alone = to_json({{"net", "way", "idle", of(replay(asked), "adaptive")}});
  asked.world = asked.policy.table;
  EXPECT_EQ(to_json({{"net", "way", "idle", of(replay(asked), "adaptive")}}), alone);
}

TEST(Replay, AWrongTableCostsMoreInTheSameWorldWhereEverythingElseStays) {
  const Trace way = *Trace::make(Trace::Kind::bandwidth, {{0, 12e6}, {60, 12e6}});
  ReplayRequest asked = request(way, nullptr, 3);
  asked.setting.wrong = {0, 0, 0, 0, 0, 0, 0, 20};
  const auto right = replay(asked);
  asked.world = asked.policy.table;
  asked.policy.table = with_large_inputs(*asked.world);
  const auto wrong = replay(asked);
  EXPECT_GT(of(wrong, "adaptive").mean_ms, 1.05 * of(right, "adaptive").mean_ms);
  EXPECT_EQ(of(wrong, "oracle").mean_ms, of(right, "oracle").mean_ms) << "it knows the world, and not the table";
  EXPECT_EQ(of(wrong, "adaptive").best_static.plan, of(right, "adaptive").best_static.plan);
}

TEST(Replay, AWorldThatLacksAPlanOrIsOfAnotherModelIsRefused) {
  const Trace way = *Trace::make(Trace::Kind::bandwidth, {{0, 12e6}, {60, 12e6}});
  const auto held = request(way, nullptr, 1).policy.table;
  const table::PartitionTable& whole = *held;
  std::vector<table::Cell> cells(whole.cells().begin(), whole.cells().end());
  for (table::Cell& cell : cells) cell.estimates.erase(cell.estimates.begin());
  const auto fewer = table::PartitionTable::make(whole.origin(), cells);
  ASSERT_TRUE(fewer);
  EXPECT_TRUE(check_world(*fewer, whole));
  const auto lacks = check_world(whole, *fewer);
  ASSERT_FALSE(lacks);
  EXPECT_THAT(lacks.error().message, ::testing::StartsWith("the world lacks cut 0 in "));
  for (table::Cell& cell : cells)
    for (table::Estimate& one : cell.estimates) one.plan.model = "another";
  auto origin = whole.origin();
  origin.model = "another";
  const auto other = table::PartitionTable::make(origin, cells);
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_FALSE(check_world(*fewer, *other));
}

TEST(Replay, NothingThatDoesNotHedgeIsBetterThanTheOracle) {
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    const Trace way = generate(Trace::Kind::bandwidth, cellular(30), 60, seed);
    const auto all = replay(request(way, nullptr, seed));
    for (const Figures& f : all) {
      EXPECT_EQ(f.requests, all.front().requests) << "open loop: the same requests for all";
      if (f.policy == "static" || f.policy == "edge-only" || f.policy == "cloud-only") {
        EXPECT_GE(f.regret(), 0) << f.policy;
      }
    }
    EXPECT_NEAR(of(all, "oracle").regret(), 0, 1e-6);
  }
}

TEST(Report, HasTheFieldsOfItsPage) {
  const Trace way = generate(Trace::Kind::bandwidth, cellular(20), 30, 1);
  std::vector<Case> cases;
  for (Figures& f : replay(request(way, nullptr, 1))) cases.push_back({"<net>", "way", "idle", std::move(f)});
  const auto json = nlohmann::json::parse(to_json(cases));
  for (const char* key : {"policy", "bandwidth", "cpu", "requests", "mean_ms", "p50_ms", "p95_ms", "p99_ms",
                          "oracle_mean_ms", "regret_percent", "moves", "races", "rate_per_s", "fluid_limit_per_s"})
    EXPECT_TRUE(json["cases"][0].contains(key)) << key;
  for (const char* age : {"0.25", "0.5", "1"}) EXPECT_TRUE(json["cases"][0]["causal_regret_percent"].contains(age));
  for (const char* key : {"cut", "codec", "share"}) EXPECT_TRUE(json["cases"][0]["fluid_mix"][0].contains(key)) << key;
  for (const char* key : {"cut", "codec", "mean_ms"}) EXPECT_TRUE(json["cases"][0]["best_static"].contains(key));
  EXPECT_EQ(json["pooled"].size(), kEverybody.size() - 1) << "fixed plans are not pooled";
  EXPECT_EQ(to_html(cases).find("<net>"), std::string::npos) << "names are escaped";
}

}  // namespace
}  // namespace tideline::replay
