// The test of the table's fit, driven by the agent of the replay: how often it is wrong in a month, and how soon right.
#include "policy/decide/policies.h"
#include "policy/replay/generate.h"
#include "policy/replay/simulated_agent.h"
#include "tests/policy/replay/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

namespace tideline::replay {
namespace {

constexpr Seconds kDay = 86400;
constexpr Seconds kPeriod = 2.592;  // Between requests: a million in a month.

// An edge that serves around the clock, over a cellular uplink and beside other work. Its table is right until the
// change, but for a hidden neighbour and the noise of requests.
class ServingEdge {
 public:
  ServingEdge(std::uint64_t seed, std::optional<Change> change, Seconds period = kPeriod)
      : period_(period),
        bandwidth_(generate(Trace::Kind::bandwidth, cellular(20), kDay / 4, seed)),
        cpu_(generate(Trace::Kind::cpu, busy_edge(), kDay / 4, seed + 1)),
        world_(fixtures::network(seed), &bandwidth_, &cpu_, setting(seed, change)),
        agent_(world_, world_.shared_table(), policy(world_.shared_table()), {.tick = 1}) {}

  // The plan that serves over a good uplink, beside nothing else.
  static plan::Plan usual_plan(std::uint64_t seed) {
    const auto table = fixtures::network(seed);
    const plan::Conditions good{.uplink = 20_Mbps, .rtt = std::chrono::milliseconds(30), .peer_up = true};
    return *policy(table)->preferred({.now = good, .current = table->edge_only()});
  }

  // Serves the next request. Returns true iff the table fits.
  bool serve() {
    agent_.begin(static_cast<double>(requests_) * period_, world_.dice(requests_));
    ++requests_;
    return !misfit();
  }
  std::optional<estimate::Misfit> misfit() const {
    return agent_.telemetry().read(moment(static_cast<double>(requests_) * period_)).fit.misfit;
  }
  // Serves until the table no longer fits. Returns the hours since the change; nothing if it fits for two days.
  std::optional<double> hours_until_told(Seconds change) {
    while (static_cast<double>(requests_) * period_ < change) EXPECT_TRUE(serve()) << "before the change";
    while (static_cast<double>(requests_) * period_ < change + 2 * kDay)
      if (!serve()) return (static_cast<double>(requests_) * period_ - change) / 3600;
    return std::nullopt;
  }

 private:
  static ReplaySetting setting(std::uint64_t seed, const std::optional<Change>& change) {
    return {.seed = seed, .wrong = {.edge = 0, .cloud = 0, .layer = 0, .network = 0}, .change = change};
  }
  static std::shared_ptr<const decide::Policy> policy(std::shared_ptr<const table::PartitionTable> table) {
    decide::PolicySettings settings{.table = std::move(table)};
    settings.edge_only = settings.plan = settings.table->edge_only();
    return decide::make_policy(decide::PolicyKind::adaptive, settings);
  }

  const Seconds period_;
  const Trace bandwidth_, cpu_;
  const World world_;
  SimulatedAgent agent_;
  std::uint64_t requests_ = 0;
};

TEST(TableFitOverAMonth, RaisesNoFalseAlarmInAMillionDecisions) {
  constexpr int kEdges = 4, kRequests = 250'000;
  int alarms = 0;
  for (std::uint64_t seed = 1; seed <= kEdges; ++seed) {
    ServingEdge edge(seed, {});
    bool fitted = true;
    for (int i = 0; i < kRequests; ++i) {
      const bool fits = edge.serve();
      if (fitted && !fits) std::printf("false alarm: %s\n", to_string(*edge.misfit()).c_str());
      alarms += fitted && !fits;
      fitted = fits;
    }
  }
  std::printf("%d false alarms in %d requests, over %.1f simulated days\n", alarms, kEdges * kRequests,
              kEdges * kRequests * kPeriod / kDay);
  EXPECT_EQ(alarms, 0);
}

TEST(TableFitOverAMonth, TellsOfAnEdgeThatHasLostHalfOfItsCores) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    ServingEdge edge(seed, Change{.at = kDay, .edge = 2}, 1);
    const auto hours = edge.hours_until_told(kDay);
    ASSERT_TRUE(hours) << seed;
    std::printf("half of the cores, network %d: told after %.0f s: %s\n", static_cast<int>(seed), 3600 * *hours,
                to_string(*edge.misfit()).c_str());
    EXPECT_EQ(edge.misfit()->part, estimate::Part::head);
    EXPECT_LT(*hours, 16);
  }
}

// Of the plan that serves while the uplink is good; networks that stay on the edge then are left out.
TEST(TableFitOverAMonth, TellsOfOneTailThatHasBecomeSlower) {
  int networks = 0;
  for (std::uint64_t seed = 1; networks < 4; ++seed) {
    const plan::Plan plan = ServingEdge::usual_plan(seed);
    const auto table = fixtures::network(seed);
    if (plan == table->edge_only()) continue;
    ++networks;
    const auto& estimates = table->unstressed().estimates;
    const auto place = std::ranges::find(estimates, plan, &table::Estimate::plan) - estimates.begin();
    ServingEdge edge(seed, Change{.at = kDay, .tail = 1.5, .plan = static_cast<std::size_t>(place)}, 1);
    const auto hours = edge.hours_until_told(kDay);
    ASSERT_TRUE(hours) << seed;
    std::printf("one tail, network %d: told after %.0f s: %s\n", static_cast<int>(seed), 3600 * *hours,
                to_string(*edge.misfit()).c_str());
    EXPECT_EQ(edge.misfit()->part, estimate::Part::tail);
    EXPECT_LT(*hours, 16);
  }
}

}  // namespace
}  // namespace tideline::replay
