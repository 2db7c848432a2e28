// Contenders: the policies, held plans and yardsticks that serve a replay's requests. Values; each belongs to one
// thread.
#pragma once

#include "policy/control/hedging.h"
#include "policy/replay/held_line.h"
#include "policy/replay/latencies.h"
#include "policy/replay/simulated_agent.h"
#include "policy/replay/world.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace tideline::replay {

// A request that arrives at `at`, with its timeline by each plan if it waited for no other.
struct ReplayedRequest {
  Seconds at = 0;
  Dice dice;
  const std::vector<RequestTimeline>& courses;
  bool counts = true;  // False during the warm-up of the sensors.
};

// Has perfect information that is `age` old, serves by the plan that would be best if nothing had changed, and hedges.
// Its requests do not wait for one another.
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
    std::optional<predict::RemainingTime> remaining;
  };
  Choice choose(Seconds at) const;
  Seconds hedged(const RequestTimeline& course, const std::optional<predict::RemainingTime>& remaining);

  const World& world_;
  const Seconds age_;
  const Seconds patience_;
  control::HedgeBudget budget_;
  Counters counters_;
  Latencies latencies_;
  std::size_t last_ = 0;
};

// Holds each plan, and also takes the fastest plan of each request: latencies of every plan, and of the oracle. The
// requests of a held plan wait for one another. Those of the oracle do not: it is a bound of what queues add.
class HeldPlans {
 public:
  // REQUIRES: `world` outlives this.
  explicit HeldPlans(const World& world);
  void serve(const ReplayedRequest& request);

  const std::vector<Latencies>& by_plan() const { return by_plan_; }
  const Latencies& oracle() const { return oracle_; }
  std::size_t best() const;  // The plan with the smallest sum of latencies.

 private:
  std::vector<HeldLine> lines_;
  std::vector<Latencies> by_plan_;
  Latencies oracle_;
};

// A policy that the agent's own controller runs.
class PolicyContender {
 public:
  // The policy knows `known`: see SimulatedAgent.
  PolicyContender(const World& world, std::shared_ptr<const table::PartitionTable> known,
                  std::shared_ptr<const decide::Policy> policy, AgentOptions habits)
      : agent_(world, std::move(known), std::move(policy), habits) {}
  void serve(const ReplayedRequest& request);

  Latencies latencies();  // Of those that were answered. First completes all requests in progress.
  std::size_t refused() const;  // Of those that count. REQUIRES: latencies() was called.
  Counters counters() const { return agent_.counters(); }

 private:
  SimulatedAgent agent_;
  std::vector<bool> counts_;  // By request.
};

}  // namespace tideline::replay
