// Those who serve the requests of a replay, each by its own rule. Values; each belongs to one thread.
#pragma once

#include "policy/control/hedging.h"
#include "policy/replay/latencies.h"
#include "policy/replay/simulated_agent.h"
#include "policy/replay/world.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace tideline::replay {

// A request that begins at `at`, and how it fares by each plan.
struct ReplayedRequest {
  Seconds at = 0;
  const std::vector<RequestTimeline>& courses;
  bool counts = true;  // False at the start, while sensors are cold.
};

// Knows everything that was true `age` ago, serves by the plan that is best if it still is, and hedges.
class CausalContender {
 public:
  // REQUIRES: `world` outlives this.
  CausalContender(const World& world, Seconds age, Seconds patience) : world_(world), age_(age), patience_(patience) {}
  void serve(const ReplayedRequest& request);

  const Latencies& latencies() const { return latencies_; }
  const Counters& counters() const { return counters_; }

 private:
  struct Choice {
    std::size_t plan = 0;
    std::optional<RemainingTime> remaining;
  };
  Choice choose(Seconds at) const;
  Seconds hedged(const RequestTimeline& course, const std::optional<RemainingTime>& remaining);

  const World& world_;
  const Seconds age_;
  const Seconds patience_;
  HedgeBudget budget_;
  Counters counters_;
  Latencies latencies_;
  std::size_t last_ = 0;
};

// Holds each plan, and always takes the one that is fastest: every plan's latencies, and the oracle's.
class HeldPlans {
 public:
  explicit HeldPlans(std::size_t plans) : by_plan_(plans) {}
  void serve(const ReplayedRequest& request);

  const std::vector<Latencies>& by_plan() const { return by_plan_; }
  const Latencies& oracle() const { return oracle_; }
  std::size_t best() const;  // The plan with the smallest sum.

 private:
  std::vector<Latencies> by_plan_;
  Latencies oracle_;
};

// A policy, run by the agent's own controller.
class PolicyContender {
 public:
  PolicyContender(const World& world, std::shared_ptr<const Policy> policy, AgentOptions habits)
      : agent_(world, std::move(policy), habits) {}
  void serve(const ReplayedRequest& request);

  Latencies latencies();  // Lets everything happen that is still to come, first.
  Counters counters() const { return agent_.counters(); }

 private:
  SimulatedAgent agent_;
  std::vector<bool> counts_;  // By request.
};

}  // namespace tideline::replay
