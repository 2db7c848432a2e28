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

const Figures& of(const std::vector<Figures>& all, std::string_view policy) {
  return *std::ranges::find(all, policy, &Figures::policy);
}

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

TEST(Replay, OnASteadyWayWithATrueTableEverybodyWhoLooksServesByTheBestPlan) {
  const Trace way = *Trace::make(Trace::Kind::bandwidth, {{0, 12e6}, {100, 12e6}});
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    ReplayRequest asked = request(way, nullptr, seed);
    asked.setting.wrong = {0, 0, 0, 0, 0, 0, 0, 20};
    const auto all = replay(asked);
    EXPECT_LE(of(all, "adaptive").regret(), 3.1) << "the hysteresis, and no more";
    EXPECT_LE(of(all, "causal-0.25").regret(), 0.5);
  }
}

// The world is dark for ever after 10 s of every minute.
TEST(Replay, AnOutageCostsAtMostTwiceTheEdgeAndATick) {
  std::vector<Trace::Row> rows{{0, 50e6}};
  for (int i = 1; i < 10; ++i) rows.push_back({60.0 * i - 50, i % 2 ? 0.0 : 50e6});
  const Trace way = *Trace::make(Trace::Kind::bandwidth, rows);
  for (std::uint64_t seed = 1; seed < 10; ++seed) {
    const auto all = replay(request(way, nullptr, seed));
    const Figures& adaptive = of(all, "adaptive");
    EXPECT_LE(adaptive.p99_ms, 2 * of(all, "edge-only").p99_ms + 120);
    EXPECT_LE(adaptive.mean_ms, 1.1 * adaptive.best_static.mean_ms);
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
